import { type DebianImage, debianImage } from "./debian-image.js";
import { type RegistryServer, startRegistry } from "./registry-server.js";
import { skopeoCopy } from "./skopeo.js";

/** A registry that has Debian. Whoever asked for it stops it. */
export interface DebianRegistry extends DebianImage {
  readonly registry: RegistryServer;
  /** As FROM names it. */
  readonly reference: string;
}

/** Starts a registry and pushes Debian to it; a message when its packages cannot be had. */
export async function debianRegistry(): Promise<DebianRegistry | string> {
  const debian = await debianImage();
  if (typeof debian === "string") return debian;
  const registry = await startRegistry();
  const reference = `${registry.name}/debian:bookworm`;
  try {
    await skopeoCopy(debian.image, `docker://${reference}`);
  } catch (error) {
    await registry.stop();
    throw error;
  }
  return { ...debian, registry, reference };
}

import fs from "node:fs";
import path from "node:path";
import type { RegistryState } from "../../../packages/registry/test/support/registry-state.js";
import { temporaryFolder } from "../build-folder.js";
import { type ImageParts, packLayout } from "./image-layout.js";

/** Puts images into a registry in memory under a tag, one as a manifest, several as an index of them, and gives the
 * digest of what the tag stands for. */
export function holdImages(
  state: RegistryState,
  [name, tag]: readonly [name: string, tag: string],
  images: readonly ImageParts[],
): string {
  const folder = temporaryFolder();
  packLayout(folder, tag, images);
  const blobs = path.join(folder, "blobs/sha256");
  for (const file of fs.readdirSync(blobs)) {
    const bytes = fs.readFileSync(path.join(blobs, file));
    const mediaType = mediaTypeOf(bytes);
    if (mediaType === undefined) state.addBlob(name, bytes);
    else state.addManifest(name, { mediaType, bytes });
  }
  const { manifests } = JSON.parse(fs.readFileSync(path.join(folder, "index.json"), "utf8")) as {
    manifests: { digest: string }[];
  };
  const digest = manifests[0]?.digest ?? "";
  state.repository(name).tags.set(tag, digest);
  return digest;
}

/** Of a manifest or index; a config has none, and a layer is no JSON. */
function mediaTypeOf(bytes: Buffer): string | undefined {
  if (bytes[0] !== "{".charCodeAt(0)) return undefined;
  return (JSON.parse(bytes.toString("utf8")) as { mediaType?: string }).mediaType;
}

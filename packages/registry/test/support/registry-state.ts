import { createHash, randomUUID } from "node:crypto";

/** A stored manifest. */
export interface HeldManifest {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** What one repository holds, by digest and by tag. */
export interface HeldRepository {
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, HeldManifest>;
  readonly tags: Map<string, string>;
}

/** What a registry of the tests holds. */
export class RegistryState {
  readonly repositories = new Map<string, HeldRepository>();
  readonly uploads = new Map<string, Buffer[]>();

  repository(name: string): HeldRepository {
    const known = this.repositories.get(name);
    if (known !== undefined) return known;
    const made: HeldRepository = { blobs: new Map(), manifests: new Map(), tags: new Map() };
    this.repositories.set(name, made);
    return made;
  }

  addBlob(name: string, bytes: Buffer): string {
    const digest = sha256(bytes);
    this.repository(name).blobs.set(digest, bytes);
    return digest;
  }

  addManifest(name: string, { mediaType, bytes }: HeldManifest, tag?: string): string {
    const digest = sha256(bytes);
    this.repository(name).manifests.set(digest, { mediaType, bytes });
    if (tag !== undefined) this.repository(name).tags.set(tag, digest);
    return digest;
  }

  /** The manifest of a tag or digest. */
  find(name: string, target: string): (HeldManifest & { readonly digest: string }) | undefined {
    const { manifests, tags } = this.repository(name);
    const digest = target.startsWith("sha256:") ? target : (tags.get(target) ?? "");
    const manifest = manifests.get(digest);
    return manifest === undefined ? undefined : { ...manifest, digest };
  }

  beginUpload(): string {
    const id = randomUUID();
    this.uploads.set(id, []);
    return id;
  }
}

/** The digest of some bytes, computed apart from what is tested. */
export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

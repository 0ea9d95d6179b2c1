import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

/** A platform as in an image's config. */
export interface ImagePlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** An image to be packed: its layers as tars, lowest first, and its config's `config`. */
export interface ImageParts {
  readonly platform: ImagePlatform;
  readonly layers: readonly Buffer[];
  readonly config: Readonly<Record<string, unknown>>;
}

interface PackedDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: ImagePlatform;
}

const OCI = "application/vnd.oci.image";
const CREATED = "2024-01-01T00:00:00Z";

/** Packs images into an OCI layout without any code of ours: one as a manifest, several as an index of them.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md */
export function packLayout(folder: string, tag: string, images: readonly ImageParts[]): void {
  const manifests = images.map((image) => packImage(folder, image));
  const [first] = manifests;
  if (first === undefined) throw new Error("no image to pack");
  const index = { schemaVersion: 2, mediaType: `${OCI}.index.v1+json`, manifests };
  const top = manifests.length === 1 ? first : putJson(folder, index.mediaType, index);
  const annotations = { "org.opencontainers.image.ref.name": tag };
  const file = { schemaVersion: 2, manifests: [{ ...top, annotations }] };
  fs.writeFileSync(path.join(folder, "index.json"), JSON.stringify(file));
  fs.writeFileSync(path.join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
}

function packImage(folder: string, { platform, layers, config }: ImageParts): PackedDescriptor {
  const packed = layers.map((tar) => put(folder, `${OCI}.layer.v1.tar+gzip`, gzipSync(tar, { level: 1 })));
  const document = {
    created: CREATED,
    ...platform,
    config,
    rootfs: { type: "layers", diff_ids: layers.map(digestOf) },
    history: layers.map((_, at) => ({ created: CREATED, created_by: `layer ${at + 1} of the tests` })),
  };
  const mediaType = `${OCI}.manifest.v1+json`;
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: putJson(folder, `${OCI}.config.v1+json`, document),
    layers: packed,
  };
  return { ...putJson(folder, mediaType, manifest), platform };
}

function putJson(folder: string, mediaType: string, document: object): PackedDescriptor {
  return put(folder, mediaType, Buffer.from(JSON.stringify(document), "utf8"));
}

function put(folder: string, mediaType: string, bytes: Buffer): PackedDescriptor {
  const digest = digestOf(bytes);
  const blobs = path.join(folder, "blobs/sha256");
  fs.mkdirSync(blobs, { recursive: true });
  fs.writeFileSync(path.join(blobs, digest.slice("sha256:".length)), bytes);
  return { mediaType, digest, size: bytes.length };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

import { hash } from "node:crypto";
import { ociError } from "./errors.js";

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** SHA-256 of bytes as stored: a blob, a manifest, a config. `sha256:` and 64 lower-case hex digits. */
export type Digest = Brand<`sha256:${string}`, "Digest">;

/** SHA-256 of an uncompressed layer tar. Never the digest of what a registry stores. */
export type DiffId = Brand<`sha256:${string}`, "DiffId">;

/** SHA-256 over file trees or change sets without times; the only digest of files that enters a cache key. */
export type ContentDigest = Brand<`sha256:${string}`, "ContentDigest">;

const HASH_BYTES = 32;

const pattern = /^sha256:[0-9a-f]{64}$/;

/** The digest that a text spells.
 * @throws OciBuildError OCI_DIGEST_INVALID
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests */
export function parseDigest(text: string): Digest {
  return checked(text) as Digest;
}

/** The diffId that a text spells.
 * @throws OciBuildError OCI_DIGEST_INVALID */
export function parseDiffId(text: string): DiffId {
  return checked(text) as DiffId;
}

/** The content digest that a text spells.
 * @throws OciBuildError OCI_DIGEST_INVALID */
export function parseContentDigest(text: string): ContentDigest {
  return checked(text) as ContentDigest;
}

/** The digest of some bytes; what a hash gives needs no check. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${hash("sha256", bytes, "hex")}` as Digest;
}

/** The digest whose 32 bytes stand in a buffer: what reading hex would find needs no check. */
export function digestAt(bytes: Buffer, offset: number): Digest {
  if (offset < 0 || offset + HASH_BYTES > bytes.length) throw new RangeError(`no digest at ${offset}`);
  return `sha256:${bytes.toString("hex", offset, offset + HASH_BYTES)}` as Digest;
}

/** The 64 hex digits of a digest: the name of its file under `blobs/sha256/`. */
export function digestHex(digest: Digest | DiffId | ContentDigest): string {
  return digest.slice("sha256:".length);
}

function checked(text: string): string {
  if (!pattern.test(text)) {
    throw ociError("OCI_DIGEST_INVALID", {
      message: `not a SHA-256 digest: ${JSON.stringify(text.slice(0, 100))}`,
      data: { text: text.slice(0, 100) },
    });
  }
  return text;
}

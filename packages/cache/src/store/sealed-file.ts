import { hash } from "node:crypto";
import type { OciBuildError } from "@oci-build/oci";
import { cacheError } from "../errors.js";
import { readBounded, tooLarge } from "./read-file.js";
import type { StoreContext } from "./store-context.js";
import { type Durability, writeStoreFile } from "./write-file.js";

/** One kind of store file: what its first line says and how large it may be. */
export interface SealedKind {
  readonly name: string;
  readonly version: number;
  readonly maxBytes: number;
}

const CHECKSUM_HEX_LENGTH = 64;

/** Writes a body under one line of text that tells its kind, version and SHA-256:
 * `oci-build <kind> <version> <hex>\n<body>`. */
export async function writeSealed(
  store: StoreContext,
  path: string,
  file: { readonly kind: SealedKind; readonly body: Uint8Array; readonly durability?: Durability },
): Promise<void> {
  const header = Buffer.from(`${prefix(file.kind)}${hash("sha256", file.body, "hex")}\n`, "latin1");
  const bytes = Buffer.concat([header, file.body]);
  if (bytes.length > file.kind.maxBytes) throw tooLarge(path, bytes.length, file.kind.maxBytes);
  await writeStoreFile(store, path, { bytes, durability: file.durability ?? "lazy" });
}

/** The body of a sealed file.
 * @throws OciBuildError CACHE_ENTRY_CORRUPT, CACHE_ENTRY_TOO_LARGE; system errors as they are */
export async function readSealed(path: string, kind: SealedKind): Promise<Buffer> {
  const bytes = await readBounded(path, kind.maxBytes);
  const start = prefix(kind);
  const checksumEnd = start.length + CHECKSUM_HEX_LENGTH;
  if (bytes.toString("latin1", 0, start.length) !== start)
    throw corrupt(path, `not a ${kind.name} of this version`);
  const body = bytes.subarray(checksumEnd + 1);
  const expected = bytes.toString("latin1", start.length, checksumEnd + 1);
  if (expected !== `${hash("sha256", body, "hex")}\n`) throw corrupt(path, "its checksum differs");
  return body;
}

/** The error, or warning, for a damaged entry of the store. */
export function corrupt(path: string, problem: string, cause?: unknown): OciBuildError {
  return cacheError("CACHE_ENTRY_CORRUPT", {
    message: `the cache entry ${path} is damaged: ${problem}`,
    data: { path, problem },
    cause,
  });
}

function prefix(kind: SealedKind): string {
  return `oci-build ${kind.name} ${kind.version} `;
}

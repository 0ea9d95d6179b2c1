import type { Transform } from "node:stream";
import type { OciBuildError } from "../error.js";
import { ociError } from "../errors.js";
import { loadZlib } from "../load-zlib.js";

type Callback = (error: Error | null, result: Buffer) => void;

/** Node's functions for zstd. */
export interface NodeZstd {
  zstdCompress(raw: Uint8Array, options: object, callback: Callback): void;
  zstdDecompress(encoded: Uint8Array, options: object, callback: Callback): void;
  createZstdDecompress(options: object): Transform & { readonly bytesWritten: number };
}

/** The parameters of zstd that are set here, by their numbers in its interface.
 * @see https://facebook.github.io/zstd/zstd_manual.html */
export const zstdParameters = { compressionLevel: 100, contentSizeFlag: 200, checksumFlag: 201 } as const;

/** What Node has of zstd: nothing before 22.15 and in 23.0 to 23.7. Packages that bring it as WebAssembly compress on
 * the thread that calls them, give other bytes than Node does, and unpack no stream of unknown length. */
export function nodeZstd(): NodeZstd | undefined {
  const zlib = loadZlib();
  return "zstdCompress" in zlib ? (zlib as unknown as NodeZstd) : undefined;
}

/** Asks, before any work is done, whether layers can be compressed with zstd here.
 * @throws OciBuildError LAYER_ZSTD_UNAVAILABLE */
export function requireZstd(): void {
  if (nodeZstd() === undefined) throw zstdMissing();
}

/** The error where zstd is asked for and Node has none. */
export function zstdMissing(): OciBuildError<"LAYER_ZSTD_UNAVAILABLE"> {
  return ociError("LAYER_ZSTD_UNAVAILABLE", {
    message: `Node ${process.versions.node} has no zstd; it comes with Node 22.15 and 23.8`,
    data: { node: process.versions.node },
    hint: "Use a newer Node, or gzip.",
  });
}

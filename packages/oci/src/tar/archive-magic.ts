/** What the first bytes of an archive say about its compression. */
export type ArchiveCompression =
  | "none"
  | "gzip"
  | "zstd"
  | "bzip2"
  | "xz"
  | "lzip"
  | "lz4"
  | "lzma"
  | "compress";

/** As many bytes as the longest magic has. */
export const MAGIC_BYTES = 6;

const magics: readonly (readonly [ArchiveCompression, string])[] = [
  ["gzip", "1f8b"],
  ["zstd", "28b52ffd"],
  ["bzip2", "425a68"],
  ["xz", "fd377a585a00"],
  ["lzip", "4c5a4950"],
  ["lz4", "04224d18"],
  ["lzma", "5d0000"],
  ["compress", "1f9d"],
];

/** How an archive is compressed, from its first bytes; `none` for what begins like none of the known ones. */
export function archiveCompression(start: Uint8Array): ArchiveCompression {
  const hex = Buffer.from(start.subarray(0, MAGIC_BYTES)).toString("hex");
  return magics.find(([, magic]) => hex.startsWith(magic))?.[0] ?? "none";
}

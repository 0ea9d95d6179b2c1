import { encodeEntryHeader, type TarEntry } from "@oci-build/oci";
import type { PreparedFile } from "./prepared-file.js";

const BLOCK_BYTES = 512;

/** The files as a tar, in the order in which they are given. */
export function filesTar(files: readonly PreparedFile[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const file of files) {
    parts.push(encodeEntryHeader(tarEntry(file)));
    if (file.type !== "file") continue;
    parts.push(file.content, new Uint8Array(-file.content.length & (BLOCK_BYTES - 1)));
  }
  return Buffer.concat([...parts, new Uint8Array(2 * BLOCK_BYTES)]);
}

function tarEntry(file: PreparedFile): TarEntry {
  const { path, mode, uid = 0, gid = 0, mtimeSec = 0, xattrs } = file;
  const meta = { path, mode, uid, gid, mtimeSec, xattrs };
  if (file.type === "directory") return { type: "directory", ...meta };
  if (file.type === "symlink") return { type: "symlink", target: file.target, ...meta };
  return { type: "file", size: file.content.length, ...meta };
}

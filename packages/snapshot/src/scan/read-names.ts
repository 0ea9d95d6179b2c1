import { decodePath } from "@oci-build/oci";
import type { ContextFileSystem } from "./context-file-system.js";

/** What Node puts in place of bytes that are not UTF-8; a name may also really hold it. */
const replacement = "\uFFFD";

/** The names in a directory, sorted by UTF-16 code units; bytes that are not UTF-8 as `decodePath` gives them. */
export function readNames(fs: ContextFileSystem, directory: string | Buffer): readonly string[] {
  const names = fs.readdirSync(directory, { encoding: "utf8" }).map(String);
  const isExact = !names.some((name) => name.includes(replacement));
  return (isExact ? names : readRawNames(fs, directory)).sort();
}

function readRawNames(fs: ContextFileSystem, directory: string | Buffer): string[] {
  return fs.readdirSync(directory, { encoding: "buffer" }).map(decodeName);
}

/** The text of a symbolic link, with the same rule. */
export function readTarget(fs: ContextFileSystem, path: string | Buffer): string {
  const target = String(fs.readlinkSync(path, { encoding: "utf8" }));
  return target.includes(replacement) ? decodeName(fs.readlinkSync(path, { encoding: "buffer" })) : target;
}

function decodeName(name: unknown): string {
  return name instanceof Uint8Array ? decodePath(name) : String(name);
}

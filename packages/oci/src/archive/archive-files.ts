import { type FileHandle, open, stat } from "node:fs/promises";
import { isOciBuildError, OciBuildError } from "../error.js";
import { ociError } from "../errors.js";
import { reading } from "../layout/file-errors.js";
import type { ByteRange, LayoutFiles } from "../layout/layout-files.js";
import { missingBlob } from "../layout/missing-blob.js";
import { readRange } from "../layout/read-range.js";
import { fileCursor } from "./byte-cursor.js";
import { type TarMember, tarMembers } from "./tar-members.js";

/** A tar of more members is refused: an image has a few for each layer. */
const ARCHIVE_MEMBERS_MAX = 500_000;

/** Longer chains of links inside an archive lead nowhere. */
const LINK_HOPS_MAX = 8;

/** The files of a tar, read where they stand: only headers are read to list them.
 * @throws OciBuildError OCI_ARCHIVE_UNREADABLE, OCI_ARCHIVE_INVALID, OCI_TAR_INVALID, OCI_ARCHIVE_COMPRESSED,
 *   OCI_CONTENT_LIMIT */
export async function archiveFiles(file: string): Promise<LayoutFiles> {
  if (!(await reading(file, stat(file))).isFile()) throw notAFile(file);
  const handle = await reading(file, open(file, "r"));
  try {
    await refuseCompressed(handle, file);
    return filesOf(handle, await reading(file, listMembers(handle)));
  } catch (error) {
    await handle.close();
    throw inFile(error, file);
  }
}

interface Members {
  readonly byName: ReadonlyMap<string, TarMember>;
  readonly duplicates: readonly string[];
}

/** Of two members with one name the later is taken, as by all who extract. */
async function listMembers(handle: FileHandle): Promise<Members> {
  const byName = new Map<string, TarMember>();
  const duplicates = new Set<string>();
  const { size } = await handle.stat();
  for await (const member of tarMembers(fileCursor(handle, size))) {
    const name = cleanName(member.name);
    if (byName.size >= ARCHIVE_MEMBERS_MAX) {
      const found = `more than ${ARCHIVE_MEMBERS_MAX} members`;
      throw ociError("OCI_CONTENT_LIMIT", { message: `archive has ${found}`, data: { found } });
    }
    if (byName.has(name) && member.type !== "directory") duplicates.add(name);
    byName.set(name, member);
  }
  return { byName, duplicates: [...duplicates] };
}

function filesOf(handle: FileHandle, { byName, duplicates }: Members): LayoutFiles {
  return {
    duplicates,
    size: (name) => Promise.resolve(resolveFile(byName, name)?.size),
    read: (name, range) => readMember(handle, resolveFile(byName, name), { name, range }),
    close: () => handle.close(),
  };
}

async function* readMember(
  handle: FileHandle,
  member: TarMember | undefined,
  { name, range = { offset: 0 } }: { name: string; range: ByteRange | undefined },
): AsyncGenerator<Uint8Array> {
  if (member === undefined) throw missingBlob(name);
  const rest = Math.max(0, member.size - range.offset);
  const length = Math.min(rest, range.length ?? rest);
  yield* readRange(handle, { offset: member.dataOffset + range.offset, length });
}

/** `docker save` of old writes a layer that two images share once, and a link for the second. */
function resolveFile(byName: ReadonlyMap<string, TarMember>, name: string): TarMember | undefined {
  let at = name;
  for (let hops = 0; hops < LINK_HOPS_MAX; hops++) {
    const member = byName.get(at);
    if (member?.type === "hardlink") at = cleanName(member.linkName);
    else if (member?.type === "symlink") at = joined(at, member.linkName);
    else return member?.type === "file" ? member : undefined;
  }
  return undefined;
}

function joined(linkPath: string, target: string): string {
  const parts = linkPath.split("/").slice(0, -1);
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

function cleanName(name: string): string {
  return name.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");
}

/** What is wrong with a tar, with the file's name. */
function inFile(error: unknown, file: string): unknown {
  if (!isOciBuildError(error, "OCI_TAR_INVALID")) return error;
  const { code, exitCode, message, cause, data } = error;
  const hint = "Write it again: it is damaged, or cut short.";
  return new OciBuildError(code, exitCode, {
    message: `cannot read ${file}: ${message}`,
    data: { ...data, file },
    hint,
    cause,
  });
}

/** Opening a FIFO would wait for ever. */
function notAFile(file: string): Error {
  const message = `not an image archive: ${file} is no regular file`;
  return ociError("OCI_ARCHIVE_INVALID", { message, data: { file } });
}

async function refuseCompressed(handle: FileHandle, file: string): Promise<void> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
  const magic = buffer.toString("hex", 0, bytesRead);
  const compression = magic.startsWith("1f8b") ? "gzip" : magic === "28b52ffd" ? "zstd" : undefined;
  if (compression === undefined) return;
  throw ociError("OCI_ARCHIVE_COMPRESSED", {
    message: `image archive is compressed with ${compression}: ${file}`,
    data: { file, compression },
    hint: "Decompress it first: its files are read where they stand.",
  });
}

import { createHash } from "node:crypto";
import {
  cleanArchivePath,
  type Digest,
  decompressedStream,
  type LayerFile,
  parseDigest,
  readTar,
  type TarEntry,
} from "@oci-build/oci";
import { fileTreeOf } from "@oci-build/snapshot";
import { buildError } from "../errors.js";
import type { Change } from "./change.js";
import type { CopyRequest } from "./copy-request.js";

/** A member of an archive: `entry.path` is its clean path, hard links are the files that they name. */
export type ArchiveMember = Pick<Change, "entry" | "origin">;

interface ReadMember {
  readonly entry: TarEntry;
  readonly dataOffset: number;
  readonly digest: Digest | undefined;
}

/** The members of a tar archive in its order, each file hashed. Of members with one path the last counts; the root's
 * own is left out, since ADD keeps the destination as it is.
 * Files are read from an unpacked copy, made when the first is opened: a layer needs them in the order of their names,
 * and gzip cannot be read at random.
 * @throws OciBuildError ADD_ARCHIVE_INVALID, TAR_* */
export async function readArchive(
  open: () => AsyncIterable<Uint8Array>,
  request: CopyRequest,
): Promise<readonly ArchiveMember[]> {
  const members = await readMembers(decompressedStream(open()), request.signal);
  const openPart = request.scratch.copyOf(() => decompressedStream(open()));
  const linked = new Set([...members.values()].flatMap(({ entry }) => linkedFile(entry, members) ?? []));
  const files = [...members.values()].flatMap(({ entry, dataOffset, digest }, index): LayerFile[] =>
    entry.type === "file"
      ? [{ ...entry, path: String(index), digest, open: openPart({ offset: dataOffset, size: entry.size }) }]
      : [],
  );
  const snapshot = fileTreeOf(files);
  const places = new Map([...members.keys()].map((path, index) => [path, String(index)]));
  return [...members.values()].map(({ entry }): ArchiveMember => {
    const file = entry.type === "hardlink" ? linkedFile(entry, members) : entry;
    if (file === undefined) throw danglingLink(entry);
    // On Linux a link has no mode of its own; unpackers ignore what the archive says.
    if (file.type === "symlink") return { entry: { ...file, mode: 0o777 } };
    if (file.type !== "file") return { entry: file };
    const linkGroup = linked.has(file) ? file.path : undefined;
    const origin = { snapshot, path: places.get(file.path) ?? "" };
    return { entry: { ...file, path: entry.path, linkGroup }, origin };
  });
}

async function readMembers(
  tar: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, ReadMember>> {
  const members = new Map<string, ReadMember>();
  for await (const { entry, body, dataOffset } of readTar(tar)) {
    signal?.throwIfAborted();
    const path = cleanArchivePath(entry.path);
    if (path === "") continue;
    const digest = entry.type === "file" ? await digestBody(body) : undefined;
    members.delete(path);
    members.set(path, { entry: { ...entry, path }, dataOffset, digest });
  }
  return members;
}

type FileMember = Extract<TarEntry, { type: "file" }>;

/** The file that a hard link names, past other links; undefined when there is none, and for what is no link. */
function linkedFile(entry: TarEntry, members: ReadonlyMap<string, ReadMember>): FileMember | undefined {
  const passed = new Set<TarEntry>();
  let current: TarEntry | undefined = entry;
  while (current?.type === "hardlink" && !passed.has(current)) {
    passed.add(current);
    current = members.get(cleanArchivePath(current.target))?.entry;
  }
  return entry.type === "hardlink" && current?.type === "file" ? current : undefined;
}

function danglingLink(entry: TarEntry): Error {
  const target = entry.type === "hardlink" ? entry.target : "";
  return buildError("ADD_ARCHIVE_INVALID", {
    message: `the archive's hard link ${entry.path} names no file of it: ${target}`,
    data: { path: entry.path, member: entry.path },
  });
}

async function digestBody(body: AsyncIterable<Uint8Array>): Promise<Digest> {
  const sha256 = createHash("sha256");
  for await (const chunk of body) sha256.update(chunk);
  return parseDigest(`sha256:${sha256.digest("hex")}`);
}

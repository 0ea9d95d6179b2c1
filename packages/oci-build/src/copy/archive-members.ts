import { createHash } from "node:crypto";
import {
  cleanArchivePath,
  type Digest,
  decompressedStream,
  type LayerFile,
  type LayerHardLink,
  parseDigest,
  readTar,
  type TarEntry,
} from "@oci-build/oci";
import { fileTreeOf } from "@oci-build/snapshot";
import { buildError } from "../errors.js";
import type { Change } from "./change.js";
import type { CopyRequest } from "./copy-request.js";

/** A member of an archive: `entry.path` is its clean path, hard links are what they name. */
export type ArchiveMember = Pick<Change, "entry" | "origin">;

/** Linux's PATH_MAX, for paths and for what symbolic links say, and NAME_MAX. */
const PATH_MAX_BYTES = 4095;
const NAME_MAX_BYTES = 255;

/** An archive to read: how, and the name that keeps its groups of hard links apart from other archives'. */
export interface Archive {
  readonly name: string;
  readonly open: () => AsyncIterable<Uint8Array>;
}

type FileEntry = Extract<TarEntry, { type: "file" }>;

/** A member but for hard links, which are taken as one more name of what they link to. */
interface ReadMember {
  readonly entry: Exclude<TarEntry, { type: "hardlink" }>;
  /** Its number among the archive's members. */
  readonly place: string;
  readonly dataOffset: number;
  readonly digest: Digest | undefined;
}

interface NamedMember {
  readonly path: string;
  readonly member: ReadMember;
}

/** The members of a tar archive in its order, each file hashed. Hard links keep what they named when they came, also
 * when a later member replaces it. The root's own is left out, since ADD keeps the destination as it is.
 * Files are read from an unpacked copy, made when the first is opened: a layer needs them in the order of their names,
 * and gzip cannot be read at random.
 * @throws OciBuildError ADD_ARCHIVE_INVALID, TAR_* */
export async function readArchive(
  { name, open }: Archive,
  { signal, scratch }: CopyRequest,
): Promise<readonly ArchiveMember[]> {
  const members = await readMembers(decompressedStream(open()), signal);
  const openPart = scratch.copyOf(() => decompressedStream(open()));
  const names = countNames(members);
  const files = [...names.keys()].flatMap(({ entry, place, dataOffset, digest }): LayerFile[] =>
    entry.type === "file"
      ? [{ ...entry, path: place, digest, open: openPart({ offset: dataOffset, size: entry.size }) }]
      : [],
  );
  const snapshot = fileTreeOf(files);
  return members.map(({ path, member }): ArchiveMember => {
    const { entry, place } = member;
    // On Linux a link has no mode of its own; unpackers ignore what the archive says.
    if (entry.type === "symlink") return { entry: { ...entry, path, mode: 0o777 } };
    if (entry.type !== "file") return { entry: { ...entry, path } };
    const linkGroup = names.get(member) === 1 ? undefined : JSON.stringify([name, place]);
    return { entry: { ...fileEntry(entry), path, linkGroup }, origin: { snapshot, path: place } };
  });
}

function fileEntry({ type, path, mode, uid, gid, mtimeSec, xattrs, size }: FileEntry): FileEntry {
  return { type, path, mode, uid, gid, mtimeSec, xattrs, size };
}

function countNames(members: readonly NamedMember[]): ReadonlyMap<ReadMember, number> {
  const names = new Map<ReadMember, number>();
  for (const { member } of members) names.set(member, (names.get(member) ?? 0) + 1);
  return names;
}

async function readMembers(
  tar: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<readonly NamedMember[]> {
  const members: NamedMember[] = [];
  const named = new Map<string, ReadMember>();
  for await (const { entry, body, dataOffset } of readTar(tar)) {
    signal?.throwIfAborted();
    const path = cleanArchivePath(entry.path);
    if (path === "") continue;
    checkLengths(entry, path);
    const digest = entry.type === "file" ? await digestBody(body) : undefined;
    const member =
      entry.type === "hardlink"
        ? linkedMember(entry, named)
        : { entry, place: String(members.length), dataOffset, digest };
    members.push({ path, member });
    named.set(path, member);
  }
  return members;
}

/** What a hard link names at the time it comes. */
function linkedMember(link: LayerHardLink, members: ReadonlyMap<string, ReadMember>): ReadMember {
  const member = members.get(cleanArchivePath(link.target));
  if (member !== undefined && member.entry.type !== "directory") return member;
  throw invalid(link.path, `the archive's hard link ${link.path} names no file before it: ${link.target}`);
}

function checkLengths(entry: TarEntry, path: string): void {
  const isLong = path.split("/").some((name) => Buffer.byteLength(name) > NAME_MAX_BYTES);
  const target = entry.type === "symlink" ? entry.target : "";
  if (!isLong && Buffer.byteLength(path) <= PATH_MAX_BYTES && Buffer.byteLength(target) <= PATH_MAX_BYTES)
    return;
  const start = path.slice(0, NAME_MAX_BYTES);
  throw invalid(start, `a name or link in the archive is too long for a file system: ${start}…`);
}

function invalid(path: string, message: string): Error {
  return buildError("ADD_ARCHIVE_INVALID", { message, data: { path, member: path } });
}

async function digestBody(body: AsyncIterable<Uint8Array>): Promise<Digest> {
  const sha256 = createHash("sha256");
  for await (const chunk of body) sha256.update(chunk);
  return parseDigest(`sha256:${sha256.digest("hex")}`);
}

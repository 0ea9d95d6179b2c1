import { tarEntryOf } from "@oci-build/oci";
import type { PatternMatcher } from "../patterns/pattern-matcher.js";
import type { TarArchive } from "./scan-tar-archive.js";
import { TarDraft } from "./scan-tar-draft.js";
import { IrregularTar } from "./scan-tar-irregular.js";
import { type TakeMember, takeMembersOfFile, takeMembersOfStream } from "./scan-tar-members.js";
import { checkNumbers } from "./scan-tar-numbers.js";
import { type TarSnapshot, tarSnapshot } from "./scan-tar-snapshot.js";
import { openSpool, openTarFile } from "./scan-tar-source.js";
import { type TarTable, type TarTableOptions, tarTableOfDraft, tarTableOfTree } from "./scan-tar-table.js";

export interface ScanTarOptions {
  /** The path of an archive, or the bytes of one. Either may be compressed: see `decompressedStream`. */
  readonly tar: string | AsyncIterable<Uint8Array>;
  /** Entries that match are left out, as `scanDirectory` leaves them out of the unpacked archive. */
  readonly ignore?: PatternMatcher | undefined;
  /** Owners as the archive has them, or one for all entries. Default "keep". */
  readonly owners?: "keep" | { readonly uid: number; readonly gid: number } | undefined;
  /** Bytes of the unpacked archive. Default 16 GiB where it has to be unpacked into a file, a terabyte elsewhere. */
  readonly maxBytes?: number | undefined;
  /** Default `TAR_MEMBERS_MAX`. */
  readonly maxMembers?: number | undefined;
  /** Where archives are unpacked that cannot be read where they lie. Default `os.tmpdir()`. */
  readonly temporaryDirectory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Scans a tar into a snapshot: what unpacking it into an empty directory would give. The members' bytes are not kept;
 * files are read from the archive when somebody asks for them.
 *
 * A plain tar at a path is read where it lies, and only its headers; it must not change until the snapshot is disposed
 * of, not even its name. All others (compressed ones, and streams) are unpacked into a temporary file, that has no name
 * and so never outlives the process; streams are read to their end.
 *
 * A member that comes later takes the place of an earlier one of the same name; links to directories that members go
 * through are followed inside the tree; missing directories are made with mode 0755. Links always have mode 0777. Names
 * that mean deletions in layers are names like all others here. Further names of links, FIFOs and devices become
 * entries of their own. Patterns judge the tree that comes of all this.
 * @throws OciBuildError SNAPSHOT_ROOT_INVALID, SNAPSHOT_SPOOL_FAILED, SNAPSHOT_FILE_CHANGED, SNAPSHOT_FILE_UNREADABLE,
 * SNAPSHOT_LAYER_INVALID, SNAPSHOT_LINK_LOOP, TAR_PATH_UNSAFE; as `readTar` and `decompressedStream`; the signal's
 * reason when aborted */
export async function scanTar(options: ScanTarOptions): Promise<TarSnapshot> {
  options.signal?.throwIfAborted();
  if (typeof options.tar !== "string") return scanSpooled(options.tar, options);
  const { archive, compression } = await openTarFile(options.tar);
  if (compression === "none") return scanOpen(archive, undefined, options);
  try {
    return await scanSpooled(archive.bytes(), options);
  } finally {
    await archive.close();
  }
}

async function scanSpooled(source: AsyncIterable<Uint8Array>, options: ScanTarOptions): Promise<TarSnapshot> {
  const { archive, bytes } = await openSpool(source, options);
  return scanOpen(archive, bytes, options);
}

/** Takes the archive over: it is closed with the snapshot, or at once when there is none. `bytes` are given where they
 * are to be read to get them into the archive. */
async function scanOpen(
  archive: TarArchive,
  bytes: AsyncIterable<Uint8Array> | undefined,
  options: ScanTarOptions,
): Promise<TarSnapshot> {
  try {
    const regular = await regularTable(archive, bytes, options);
    return tarSnapshot(regular ?? (await irregularTable(archive, options)), archive);
  } catch (error) {
    await archive.close();
    throw error;
  }
}

/** The table of an archive in which each member has its place at once, as nearly all have. */
async function regularTable(
  archive: TarArchive,
  bytes: AsyncIterable<Uint8Array> | undefined,
  options: ScanTarOptions,
): Promise<TarTable | undefined> {
  const draft = new TarDraft();
  const owners = ownersOf(options);
  const take: TakeMember = (header, dataOffset) => {
    checkNumbers(header, owners);
    draft.add(header, dataOffset);
    return draft.isRegular ? "more" : "enough";
  };
  if (bytes === undefined) await takeMembersOfFile(archive, take, options);
  else await takeMembersOfStream(bytes, take, options);
  return draft.isRegular ? tarTableOfDraft(draft, tableOptions(options)) : undefined;
}

/** The table of any archive, of which the headers are read once more. */
async function irregularTable(archive: TarArchive, options: ScanTarOptions): Promise<TarTable> {
  const members = new IrregularTar(archive);
  const owners = ownersOf(options);
  const take: TakeMember = (header, dataOffset) => {
    checkNumbers(header, owners);
    members.add(tarEntryOf(header), dataOffset);
    return "more";
  };
  await takeMembersOfFile(archive, take, options);
  return tarTableOfTree(members.finish(), tableOptions(options));
}

function tableOptions({ ignore, owners }: ScanTarOptions): TarTableOptions {
  return { ignore, owner: owners === "keep" ? undefined : owners };
}

function ownersOf({ owners = "keep" }: ScanTarOptions): "kept" | "replaced" {
  return owners === "keep" ? "kept" : "replaced";
}

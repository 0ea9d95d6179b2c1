import { type BigIntStats, statSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { type Cache, OUTPUT_BLOBS_MAX } from "@oci-build/cache";
import { type Digest, digestOf, encodeJson, type ImageContent, type PlacedBlob } from "@oci-build/oci";
import { fileSystemTrust, type StatTrust } from "@oci-build/snapshot";
import { holdsArchive } from "./holds-archive.js";

/** Raised when `writeImageArchive` writes other bytes for the same images. */
const ARCHIVE_FORMAT = 1;

/** How long before now an output's time lies: some ticks of the clock by which kernels stamp files, the slowest of
 * which ticks 100 times a second. */
const BACKDATED_MS = 50;
const TICKS_NS = 20_000_000n;

/** Where it is remembered what outputs hold, and what is believed of it: see `BuildOptions.trustStat`. */
export interface OutputMemory {
  readonly cache: Pick<Cache, "rememberOutput" | "writtenOutput">;
  readonly cacheUse: "read-write" | "write-only";
  readonly trustStat: StatTrust;
}

/** An archive that is to be written to a file; `file` is a real path. */
export interface KnownOutput {
  readonly file: string;
  readonly content: ImageContent;
  readonly memory: OutputMemory;
  readonly signal: AbortSignal | undefined;
}

/** The size of the file if it is, byte for byte, what would be written to it now, else undefined.
 *
 * That is known by its stat, where the file system tells of every change by it; elsewhere, and where stats are not to
 * be trusted, the file is read. The file keeps its time: a rule of make that only looks at times needs a `touch`. */
export async function knownSize(output: KnownOutput): Promise<number | undefined> {
  const { file, content, memory } = output;
  if (memory.cacheUse === "write-only") return undefined;
  const known = await memory.cache.writtenOutput(file);
  if (known === undefined || known.content !== contentDigest(content)) return undefined;
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const isSame = isTrusted(file, memory.trustStat)
    ? known.stat === statText(stats)
    : await holdsArchive(output);
  return isSame ? Number(stats.size) : undefined;
}

function isTrusted(file: string, trust: StatTrust): boolean {
  return trust === "always" || (trust === "by-file-system" && fileSystemTrust(process.platform)(file));
}

/** Gives a file that is all written the time of a moment ago, which no later write can give it: that would have to
 * happen in the very tick of the clock in which the file gets its name, and would still have a time of its own. */
export async function backdate(handle: FileHandle): Promise<BigIntStats> {
  const seconds = (Date.now() - BACKDATED_MS) / 1000;
  await handle.utimes(seconds, seconds);
  return handle.stat({ bigint: true });
}

/** What was written to a file: its stat before it got its name, and the places of its blobs. */
export interface WrittenFile {
  readonly stats: BigIntStats;
  readonly blobs: readonly PlacedBlob[];
}

/** Smaller blobs are read again faster than they are copied in advance. */
const PLACED_MIN_BYTES = 1024 * 1024;

/** Remembers what was written to a file. Nothing is remembered if it is
 * another file by now, or one whose time could be that of a later write. */
export async function rememberKnown(
  { file, content, memory }: KnownOutput,
  { stats: written, blobs }: WrittenFile,
): Promise<void> {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return;
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  const isOurs = dev === written.dev && ino === written.ino && size === written.size;
  if (!isOurs || mtimeNs !== written.mtimeNs || ctimeNs - mtimeNs < TICKS_NS) return;
  await memory.cache.rememberOutput({
    path: file,
    content: contentDigest(content),
    stat: statText(stats),
    blobs: largest(blobs),
  });
}

function largest(blobs: readonly PlacedBlob[]): readonly PlacedBlob[] {
  const bySize = blobs.filter(({ size }) => size >= PLACED_MIN_BYTES).sort((a, b) => b.size - a.size);
  return bySize.slice(0, OUTPUT_BLOBS_MAX).sort((a, b) => a.offset - b.offset);
}

function statText({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
}

/** What decides every byte of an archive. */
function contentDigest({ roots }: ImageContent): Digest {
  return digestOf(encodeJson({ format: ARCHIVE_FORMAT, roots }));
}

import { setImmediate } from "node:timers/promises";
import type { Digest } from "../digest.js";
import type { LayerCompression } from "../image/media-types.js";
import { headerInto } from "../tar/entry-header.js";
import { BLOCK_BYTES, paddingBytes, TAR_END_BYTES } from "../tar/ustar-block.js";
import { chooseCodec } from "./choose-codec.js";
import { type CopyContext, copyLargeFile, copySmallFile } from "./copy-file.js";
import { beginsSegment, hasOwnSegments } from "./cut-policy.js";
import type { LayerEntry, LayerEntryBatches, LayerFile } from "./layer-entry.js";
import { type FileData, headerOf, treeEntryOf, treeFileOf } from "./layer-member.js";
import type { LayerWritten, TreeEntry } from "./layer-tree.js";
import { checkMember } from "./member-check.js";
import { progressMeter } from "./progress-meter.js";
import { SegmentAssembler } from "./segment-assembler.js";
import { type LayerSink, type PipelineResult, SegmentPipeline } from "./segment-pipeline.js";
import type { SegmentSource } from "./segment-source.js";
import { runSteps, type Steps } from "./steps.js";

export interface WriteLayerOptions {
  /** Default `gzip`. `zstd` needs Node 22.15 or 23.8. */
  readonly compression?: LayerCompression | undefined;
  /** 0 to 9 for gzip, by default 6; 1 to 22 for zstd, by default 3; nothing for `none`. */
  readonly level?: number | undefined;
  /** Where segments that earlier layers have are found, so that they are copied instead of compressed. What was copied
   * has the same bytes as what is compressed. Default: nowhere. The caller closes it, after the layer is written. */
  readonly reuse?: SegmentSource | undefined;
  /** How many bytes of files there will be, about: large layers get a thread for their hashes. Default 0. */
  readonly expectedBytes?: number | undefined;
  /** Gives the digest of all that `sink` got, when it hashes that anyway: then it is not hashed here, too. */
  readonly sinkDigest?: (() => Digest) | undefined;
  /** Later times of entries become this one, as `SOURCE_DATE_EPOCH` asks. Default: times stay as they are. */
  readonly clampMtimeSec?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told how many bytes of files were taken so far, about once a megabyte. */
  readonly onProgress?: ((fileBytes: number) => void) | undefined;
  /** Told of the whole tree, once, while the last segments are still under compression: what is made of it costs no
   * time of its own. What it throws ends the writing. */
  readonly onMembers?: ((tree: readonly TreeEntry[]) => void) | undefined;
}

type LayerEntries = Parameters<typeof writeLayer>[0];

interface LayerContext extends CopyContext {
  readonly tree: TreeEntry[];
  readonly clampMtimeSec: number;
  /** One block, for the header at hand. */
  readonly block: Buffer;
  readonly onMembers: WriteLayerOptions["onMembers"];
}

/** Writes one layer, and gives both of its identities, its segments and its tree.
 *
 * Entries come in the order of `compareTreePaths`; `xattrs` may be in any. The same entries and options give the same
 * bytes, whatever the timing. Files are opened one at a time, read once and closed, also after an error. `sink` gets
 * the blob in order, one call at a time; after an error or an abort it gets nothing more, and what it has is to be
 * thrown away. When it settles, nothing of it runs on. `digest` and `size` are of what `sink` got, `diffId` of the
 * uncompressed tar.
 * Memory stays within tens of megabytes and the tree, whatever the sizes.
 * @throws OciBuildError LAYER_PATH_UNSAFE, LAYER_RESERVED_NAME, LAYER_PATH_DUPLICATE, LAYER_ENTRY_ORDER,
 * LAYER_PARENT_NOT_DIRECTORY, LAYER_HARDLINK_TARGET, LAYER_FILE_SIZE, LAYER_FILE_DIGEST, LAYER_LEVEL_INVALID,
 * LAYER_ZSTD_UNAVAILABLE, TAR_FIELD_INVALID, PATH_NOT_ENCODABLE; what readers, `sink` and the signal throw is passed on
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#creating */
export async function writeLayer(
  entries: Iterable<LayerEntry> | AsyncIterable<LayerEntry> | LayerEntryBatches,
  sink: LayerSink,
  options: WriteLayerOptions = {},
): Promise<LayerWritten> {
  const { signal, onProgress, onMembers } = options;
  const codec = chooseCodec(options.compression, options.level);
  const { reuse, sinkDigest, expectedBytes = 0 } = options;
  const pipeline = new SegmentPipeline({ codec, sink, reuse, signal, expectedBytes, sinkDigest });
  const assembler = new SegmentAssembler(pipeline);
  const tree: TreeEntry[] = [];
  const clampMtimeSec = options.clampMtimeSec ?? Number.POSITIVE_INFINITY;
  const onBytes = progressMeter(onProgress);
  try {
    const room = { probe: new Uint8Array(1), block: Buffer.alloc(BLOCK_BYTES) };
    const written = await runSteps(
      writeAll(entries, { assembler, tree, clampMtimeSec, signal, onBytes, onMembers, ...room }),
    );
    return { mediaType: codec.mediaType, ...written, tree: { diffId: written.diffId, entries: tree } };
  } finally {
    await pipeline.stop();
  }
}

function* writeAll(entries: LayerEntries, context: LayerContext): Steps<PipelineResult> {
  const { assembler } = context;
  yield* writeMembers(entries, context);
  if (!assembler.fits(TAR_END_BYTES)) yield* assembler.cut();
  assembler.appendZeros(TAR_END_BYTES);
  yield* assembler.cut();
  if (context.onMembers !== undefined) {
    // What was just cut is under compression when the work at hand has had its turn.
    yield setImmediate();
    context.onMembers(context.tree);
  }
  return yield* assembler.finish();
}

function* writeMembers(entries: LayerEntries, context: LayerContext): Steps<void> {
  if (Symbol.iterator in entries) return yield* writeBatch(entries, context);
  const iterator: AsyncIterator<LayerEntry | Iterable<LayerEntry>> = entries[Symbol.asyncIterator]();
  try {
    for (let next = yield* nextOf(iterator); next.done !== true; next = yield* nextOf(iterator)) {
      const { value } = next;
      yield* writeBatch("type" in value ? [value] : value, context);
    }
  } catch (error) {
    const returning = iterator.return?.();
    if (returning !== undefined) yield returning;
    throw error;
  }
}

function* writeBatch(entries: Iterable<LayerEntry>, context: LayerContext): Steps<void> {
  for (const entry of entries) {
    const left = writeMember(entry, context);
    if (left !== undefined) yield* left;
  }
}

function* nextOf<Value>(iterator: AsyncIterator<Value>): Steps<IteratorResult<Value>> {
  return (yield iterator.next()) as IteratorResult<Value>;
}

/** A member that goes into the layer next. */
interface Member {
  readonly entry: LayerEntry;
  readonly header: Uint8Array;
  readonly mtimeSec: number;
}

/** Writes a member at once where nothing has to be waited for; else what it gives is to be run to its end. */
function writeMember(entry: LayerEntry, context: LayerContext): Steps<void> | undefined {
  const { assembler, tree } = context;
  context.signal?.throwIfAborted();
  checkMember(entry, tree);
  const described = headerOf(entry, context.clampMtimeSec);
  const header = headerInto(context.block, described);
  const member = { entry, header, mtimeSec: described.mtimeSec };
  const tarBytes = header.length + bytesInSameSegment(entry);
  if (assembler.fits(tarBytes) && !beginsSegment(entry.path, tarBytes)) return placeMember(member, context);
  return writeBehindCut(member, context);
}

function bytesInSameSegment(entry: LayerEntry): number {
  if (entry.type !== "file" || hasOwnSegments(entry.size)) return 0;
  return entry.size + paddingBytes(entry.size);
}

function* writeBehindCut(member: Member, context: LayerContext): Steps<void> {
  yield* context.assembler.cut();
  const left = placeMember(member, context);
  if (left !== undefined) yield* left;
}

function placeMember({ entry, header, mtimeSec }: Member, context: LayerContext): Steps<void> | undefined {
  const { assembler, tree } = context;
  assembler.append(header);
  if (entry.type === "file")
    return writeData(entry.mtimeSec === mtimeSec ? entry : { ...entry, mtimeSec }, context);
  tree.push(treeEntryOf(entry, mtimeSec));
  return undefined;
}

function writeData(file: LayerFile, context: LayerContext): Steps<void> | undefined {
  if (hasOwnSegments(file.size)) return writeLarge(file, context);
  const dataOffset = context.assembler.tarOffset;
  const digest = copySmallFile(file, context);
  if (typeof digest !== "string") return writeSmall(file, { digest, dataOffset }, context);
  endFile(file, { digest, dataOffset }, context);
  return undefined;
}

interface SmallCopy {
  readonly digest: Steps<Digest>;
  readonly dataOffset: number;
}

function* writeSmall(file: LayerFile, { digest, dataOffset }: SmallCopy, context: LayerContext): Steps<void> {
  endFile(file, { digest: yield* digest, dataOffset }, context);
}

function* writeLarge(file: LayerFile, context: LayerContext): Steps<void> {
  const { assembler } = context;
  yield* assembler.cut();
  const dataOffset = assembler.tarOffset;
  const digest = yield* copyLargeFile(file, context);
  endFile(file, { digest, dataOffset }, context);
}

function endFile(file: LayerFile, data: FileData, { assembler, tree }: LayerContext): void {
  assembler.appendZeros(paddingBytes(file.size));
  tree.push(treeFileOf(file, file.mtimeSec, data));
}

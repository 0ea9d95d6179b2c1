import { createHash, type Hash } from "node:crypto";
import { type Digest, digestOf, parseDigest } from "../digest.js";
import type { FileReader } from "../entry.js";
import type { OciBuildError } from "../error.js";
import { ociError } from "../errors.js";
import { FILE_PART_BYTES } from "./cut-policy.js";
import type { LayerFile } from "./layer-entry.js";
import type { SegmentAssembler } from "./segment-assembler.js";
import { type Steps, settle } from "./steps.js";

/** What copying needs of the layer that is being written. */
export interface CopyContext {
  readonly assembler: SegmentAssembler;
  readonly signal: AbortSignal | undefined;
  /** One byte, to see whether a file goes on. */
  readonly probe: Uint8Array;
  /** Told how many bytes of a file were taken. */
  readonly onBytes: (count: number) => void;
}

/** Copies a small file's bytes behind its header, and gives their digest; the file must fit the segment as it stands.
 * It is done at once where the file's reader does not wait: small files come by the thousand, and steps cost more than
 * the bytes. The file is closed in any case.
 * @throws OciBuildError LAYER_FILE_SIZE, LAYER_FILE_DIGEST */
export function copySmallFile(file: LayerFile, context: CopyContext): Digest | Steps<Digest> {
  const reader = file.open();
  if (reader instanceof Promise) return copyOpening(file, reader, context);
  let done = 0;
  try {
    for (;;) {
      const count = reader.read(nextRoom(file, done, context));
      if (typeof count !== "number") return copyOn(file, { reader, done, count }, context);
      if (isEnd(file, done, count)) break;
      done += taken(count, context);
    }
  } catch (error) {
    return closeFailed(reader, error);
  }
  const closing = reader.close();
  return closing === undefined ? digestOfCopy(file, context) : closeCopied(file, closing, context);
}

/** Room for the next bytes of a small file, and behind its last one for a byte that is too much. */
function nextRoom(file: LayerFile, done: number, { assembler, probe, signal }: CopyContext): Uint8Array {
  signal?.throwIfAborted();
  return done < file.size ? assembler.room(file.size - done) : probe;
}

function isEnd(file: LayerFile, done: number, count: number): boolean {
  if (done === file.size && count === 0) return true;
  if (done === file.size || count === 0) throw otherSize(file, done + count);
  return false;
}

function taken(count: number, { assembler, onBytes }: CopyContext): number {
  assembler.advance(count);
  onBytes(count);
  return count;
}

/** It lies in one piece, and one call is cheaper than a hash of several. */
function digestOfCopy(file: LayerFile, { assembler }: CopyContext): Digest {
  if (file.digest !== undefined && file.digestIs === "known") return file.digest;
  return checkedDigest(file, digestOf(assembler.last(file.size)));
}

function* copyOpening(file: LayerFile, opening: Promise<FileReader>, context: CopyContext): Steps<Digest> {
  const reader = (yield opening) as FileReader;
  return yield* copyOn(file, { reader, done: 0, count: undefined }, context);
}

/** A file of which so many bytes are copied, and how many the next read gives, if it was asked for. */
interface Copying {
  readonly reader: FileReader;
  readonly done: number;
  readonly count: Promise<number> | undefined;
}

function* copyOn(file: LayerFile, { reader, ...copying }: Copying, context: CopyContext): Steps<Digest> {
  let { done } = copying;
  try {
    for (let next: Promise<number> | number | undefined = copying.count; ; next = undefined) {
      const count = yield* settle(next ?? reader.read(nextRoom(file, done, context)));
      if (isEnd(file, done, count)) break;
      done += taken(count, context);
    }
  } catch (error) {
    return yield* closeFailed(reader, error);
  }
  const closing = reader.close();
  return closing === undefined ? digestOfCopy(file, context) : yield* closeCopied(file, closing, context);
}

function* closeCopied(file: LayerFile, closing: Promise<void>, context: CopyContext): Steps<Digest> {
  yield closing;
  return digestOfCopy(file, context);
}

/** Copies a large file's bytes, and gives their digest. It begins on a cut and ends with one; the file is closed in any case.
 * @throws OciBuildError LAYER_FILE_SIZE, LAYER_FILE_DIGEST */
export function* copyLargeFile(file: LayerFile, context: CopyContext): Steps<Digest> {
  const opening = file.open();
  const reader = opening instanceof Promise ? ((yield opening) as FileReader) : opening;
  let digest: Digest;
  try {
    digest = yield* copyLarge(file, reader, context);
  } catch (error) {
    return yield* closeFailed(reader, error);
  }
  const closing = reader.close();
  if (closing !== undefined) yield closing;
  return checkedDigest(file, digest);
}

function* copyLarge(file: LayerFile, reader: FileReader, context: CopyContext): Steps<Digest> {
  const { assembler } = context;
  const known = file.digestIs === "known" ? file.digest : undefined;
  const whole = createHash("sha256");
  for (let done = 0; done < file.size; ) {
    context.signal?.throwIfAborted();
    const room = assembler.room(Math.min(file.size - done, FILE_PART_BYTES - (done % FILE_PART_BYTES)));
    const taken = yield* settle(reader.read(room));
    if (taken === 0) throw otherSize(file, done);
    assembler.advance(taken);
    if (known === undefined) whole.update(assembler.last(taken));
    context.onBytes(taken);
    done += taken;
    if (done % FILE_PART_BYTES !== 0 && done < file.size) continue;
    yield* assembler.cut(known === undefined ? digestSoFar(whole) : undefined);
  }
  const more = yield* settle(reader.read(context.probe));
  if (more !== 0) throw otherSize(file, file.size + more);
  return known ?? digestSoFar(whole);
}

function digestSoFar(hash: Hash): Digest {
  return parseDigest(`sha256:${hash.copy().digest("hex")}`);
}

/** Closes a file after a failure, and fails with that. */
function* closeFailed(reader: FileReader, error: unknown): Steps<never> {
  try {
    const closing = reader.close();
    if (closing !== undefined) yield closing;
  } catch {
    // The failure that led here says more than one of closing.
  }
  throw error;
}

function checkedDigest(file: LayerFile, found: Digest): Digest {
  if (file.digest !== undefined && file.digest !== found) throw otherDigest(file, file.digest, found);
  return found;
}

/** `found` is how many bytes came before the end, or one more than expected. */
function otherSize(file: LayerFile, found: number): OciBuildError {
  const shown = found > file.size ? "more" : String(found);
  return ociError("LAYER_FILE_SIZE", {
    message: `${JSON.stringify(file.path)} changed while it was read: expected ${file.size} bytes, found ${shown}`,
    data: { path: file.path, expected: file.size, found },
    hint: "Build again when nothing writes to the file.",
  });
}

function otherDigest(file: LayerFile, expected: Digest, found: Digest): OciBuildError {
  return ociError("LAYER_FILE_DIGEST", {
    message: `${JSON.stringify(file.path)} changed before it was read: expected ${expected}, found ${found}`,
    data: { path: file.path, expected, found },
    hint: "Build again when nothing writes to the file.",
  });
}

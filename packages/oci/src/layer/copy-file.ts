import { createHash, hash } from "node:crypto";
import { type Digest, parseDigest } from "../digest.js";
import type { FileReader } from "../entry.js";
import type { OciBuildError } from "../error.js";
import { ociError } from "../errors.js";
import { FILE_PART_BYTES, hasOwnSegments } from "./cut-policy.js";
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

/** Copies a file's bytes behind its header, and gives their digest. A small file must fit the segment as it stands;
 * a large one begins and ends on a cut. The file is closed in any case.
 * @throws OciBuildError LAYER_FILE_SIZE, LAYER_FILE_DIGEST */
export function* copyFile(file: LayerFile, context: CopyContext): Steps<Digest> {
  const opening = file.open();
  const reader = opening instanceof Promise ? ((yield opening) as FileReader) : opening;
  const copy = hasOwnSegments(file.size) ? copyLarge : copySmall;
  let digest: Digest;
  try {
    digest = yield* copy(file, reader, context);
  } catch (error) {
    yield* closeAfterFailure(reader);
    throw error;
  }
  const closing = reader.close();
  if (closing !== undefined) yield closing;
  if (file.digest !== undefined && file.digest !== digest) throw otherDigest(file, file.digest, digest);
  return digest;
}

/** All in one generator, since small files come by the thousand and what each leaves behind must be collected. */
function* copySmall(file: LayerFile, reader: FileReader, context: CopyContext): Steps<Digest> {
  const { assembler } = context;
  for (let done = 0; done < file.size; ) {
    context.signal?.throwIfAborted();
    const count = reader.read(assembler.room(file.size - done));
    const taken = typeof count === "number" ? count : ((yield count) as number);
    if (taken === 0) throw otherSize(file, done);
    assembler.advance(taken);
    context.onBytes(taken);
    done += taken;
  }
  const count = reader.read(context.probe);
  const more = typeof count === "number" ? count : ((yield count) as number);
  if (more !== 0) throw otherSize(file, file.size + more);
  if (file.digest !== undefined && file.digestIs === "known") return file.digest;
  // It lies in one piece, and one call is cheaper than a hash of several.
  return parseDigest(`sha256:${hash("sha256", assembler.last(file.size), "hex")}`);
}

function* copyLarge(file: LayerFile, reader: FileReader, context: CopyContext): Steps<Digest> {
  const { assembler } = context;
  const known = file.digestIs === "known" ? file.digest : undefined;
  const whole = createHash("sha256");
  for (let done = 0; done < file.size; ) {
    context.signal?.throwIfAborted();
    const partDone = done % FILE_PART_BYTES;
    if (done > 0 && partDone === 0) yield* assembler.cut();
    const room = assembler.room(Math.min(file.size - done, FILE_PART_BYTES - partDone));
    const taken = yield* settle(reader.read(room));
    if (taken === 0) throw otherSize(file, done);
    assembler.advance(taken);
    if (known === undefined) whole.update(assembler.last(taken));
    context.onBytes(taken);
    done += taken;
  }
  const more = yield* settle(reader.read(context.probe));
  if (more !== 0) throw otherSize(file, file.size + more);
  return known ?? parseDigest(`sha256:${whole.digest("hex")}`);
}

function* closeAfterFailure(reader: FileReader): Steps<void> {
  try {
    const closing = reader.close();
    if (closing !== undefined) yield closing;
  } catch {
    // The failure that led here says more than one of closing.
  }
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

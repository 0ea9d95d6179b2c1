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
  /** Told how many bytes of a file were taken. */
  readonly onBytes: (count: number) => void;
}

/** Copies a file's bytes behind its header, and gives their digest. A small file must fit the segment as it stands;
 * a large one begins and ends on a cut. The file is closed in any case.
 * @throws OciBuildError LAYER_FILE_SIZE, LAYER_FILE_DIGEST */
export function* copyFile(file: LayerFile, context: CopyContext): Steps<Digest> {
  const reader = yield* settle(file.open());
  let digest: Digest;
  try {
    digest = yield* copyAndDigest(file, reader, context);
    yield* checkEnd(file, reader);
  } catch (error) {
    yield* closeAfterFailure(reader);
    throw error;
  }
  const closing = reader.close();
  if (closing !== undefined) yield closing;
  if (file.digest !== undefined && file.digest !== digest) throw otherDigest(file, file.digest, digest);
  return digest;
}

function* copyAndDigest(file: LayerFile, reader: FileReader, context: CopyContext): Steps<Digest> {
  if (file.digest !== undefined && file.digestIs === "known") {
    yield* copyBytes({ file, reader, take: nothing }, context);
    return file.digest;
  }
  if (hasOwnSegments(file.size)) {
    const whole = createHash("sha256");
    yield* copyBytes({ file, reader, take: (bytes) => whole.update(bytes) }, context);
    return parseDigest(`sha256:${whole.digest("hex")}`);
  }
  // A small file lies in one piece, and one call is cheaper than a hash of several.
  yield* copyBytes({ file, reader, take: nothing }, context);
  return parseDigest(`sha256:${hash("sha256", context.assembler.last(file.size), "hex")}`);
}

interface Copying {
  readonly file: LayerFile;
  readonly reader: FileReader;
  readonly take: (bytes: Uint8Array) => void;
}

function* copyBytes({ file, reader, take }: Copying, context: CopyContext): Steps<void> {
  const { assembler } = context;
  const partBytes = hasOwnSegments(file.size) ? FILE_PART_BYTES : file.size;
  for (let done = 0; done < file.size; ) {
    context.signal?.throwIfAborted();
    if (done > 0 && done % partBytes === 0) yield* assembler.cut();
    const count = reader.read(assembler.room(Math.min(file.size - done, partBytes - (done % partBytes))));
    const taken = typeof count === "number" ? count : ((yield count) as number);
    if (taken === 0) throw otherSize(file, done);
    assembler.advance(taken);
    take(assembler.last(taken));
    context.onBytes(taken);
    done += taken;
  }
}

function* checkEnd(file: LayerFile, reader: FileReader): Steps<void> {
  const count = reader.read(new Uint8Array(1));
  const more = typeof count === "number" ? count : ((yield count) as number);
  if (more !== 0) throw otherSize(file, file.size + more);
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

function nothing(): void {
  // The bytes are not hashed on the way.
}

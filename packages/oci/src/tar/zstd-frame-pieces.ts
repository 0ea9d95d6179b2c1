/** The parts of a frame, or of a skippable frame, in a stream of zstd.
 *
 * ```text
 * magic(4)  descriptor(1)  header(0-13)  { blockHeader(3)  block }  checksum(0 or 4)
 * magic(4)  skipSize(4)    skipped
 * ``` */
type Part =
  | "magic"
  | "descriptor"
  | "header"
  | "blockHeader"
  | "block"
  | "checksum"
  | "skipSize"
  | "skipped"
  | "unknown";

/** Where in a frame a stream is. `value` gathers a part's bytes, the first one lowest. */
interface Walk {
  part: Part;
  leftBytes: number;
  value: number;
  valueBytes: number;
  checksumBytes: 0 | 4;
  isLastBlock: boolean;
}

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const RLE_BLOCK = 1;

/** The same bytes, in pieces of which none goes beyond the end of a frame: Node's decompressor drops what stands in
 * one chunk behind it. What is no zstd is passed on, for the decompressor to refuse.
 * @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1 */
export async function* zstdFramePieces(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const walk: Walk = {
    part: "magic",
    leftBytes: 4,
    value: 0,
    valueBytes: 0,
    checksumBytes: 0,
    isLastBlock: false,
  };
  for await (const chunk of source) {
    let start = 0;
    for (let at = 0; at < chunk.length; ) {
      at = advance(walk, chunk, at);
      if (walk.part !== "magic" || walk.leftBytes !== 4) continue;
      yield chunk.subarray(start, at);
      start = at;
    }
    if (start < chunk.length) yield chunk.subarray(start);
  }
}

/** Goes to the end of the part or of the chunk, and gives that place. */
function advance(walk: Walk, chunk: Uint8Array, from: number): number {
  const end = Math.min(chunk.length, from + walk.leftBytes);
  for (let at = from; at < end && walk.valueBytes < 4; at += 1) {
    walk.value += (chunk[at] ?? 0) * 2 ** (8 * walk.valueBytes);
    walk.valueBytes += 1;
  }
  walk.leftBytes -= end - from;
  while (walk.leftBytes === 0) {
    const [part, bytes] = partAfter(walk);
    Object.assign(walk, { part, leftBytes: bytes, value: 0, valueBytes: 0 });
  }
  return end;
}

function partAfter(walk: Walk): readonly [Part, number] {
  const { part, value } = walk;
  switch (part) {
    case "magic":
      if (value === FRAME_MAGIC) return ["descriptor", 1];
      return value - (value % 16) === SKIPPABLE_MAGIC
        ? ["skipSize", 4]
        : ["unknown", Number.POSITIVE_INFINITY];
    case "descriptor":
      walk.checksumBytes = (value & 0b100) === 0 ? 0 : 4;
      return ["header", headerBytes(value)];
    case "blockHeader":
      walk.isLastBlock = (value & 1) === 1;
      return ["block", ((value >> 1) & 3) === RLE_BLOCK ? 1 : value >> 3];
    case "block":
      if (!walk.isLastBlock) return ["blockHeader", 3];
      return walk.checksumBytes === 0 ? ["magic", 4] : ["checksum", 4];
    case "header":
      return ["blockHeader", 3];
    case "skipSize":
      return ["skipped", value];
    case "checksum":
    case "skipped":
      return ["magic", 4];
    case "unknown":
      return ["unknown", Number.POSITIVE_INFINITY];
  }
}

/** The bytes of window size, dictionary and content size. */
function headerBytes(descriptor: number): number {
  const isSingleSegment = (descriptor & 0b100000) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return (isSingleSegment ? 0 : 1) + dictionary + contentSize;
}

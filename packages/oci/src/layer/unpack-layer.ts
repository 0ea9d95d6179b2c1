import { hash } from "node:crypto";
import { parseDigest } from "../digest.js";
import { mediaTypes } from "../image/media-types.js";
import { loadZlib } from "../load-zlib.js";
import { FILE_PART_BYTES } from "./cut-policy.js";
import type { LayerSegment, LayerWritten } from "./layer-tree.js";
import { plainCodec } from "./plain-codec.js";
import { readLayerTree } from "./read-layer-tree.js";
import type { LayerSink } from "./segment-pipeline.js";

/** Writes a layer's uncompressed tar as it is, cut into segments of a mebibyte, so that files of it can be read at
 * random: for layers that others wrote, whose compressed bytes can only be read from their beginning. The blob's digest
 * is the diffId.
 * @throws OciBuildError as `readLayerTree`; what `source` and `sink` throw is passed on */
export async function unpackLayer(source: AsyncIterable<Uint8Array>, sink: LayerSink): Promise<LayerWritten> {
  const segments: LayerSegment[] = [];
  let offset = 0;
  const write = async (raw: Buffer): Promise<void> => {
    segments.push(plainSegment(raw, offset));
    offset += raw.length;
    await sink(raw);
  };
  const tree = await readLayerTree(cut(source, write));
  return {
    mediaType: mediaTypes.layer,
    digest: parseDigest(tree.diffId),
    size: offset,
    diffId: tree.diffId,
    uncompressedSize: offset,
    segments,
    tree,
    work: { segmentsReused: 0, segmentsCompressed: segments.length, bytesReused: 0, bytesCompressed: offset },
  };
}

/** The same chunks; each segment that they fill is written before what comes behind it is given out. */
async function* cut(
  source: AsyncIterable<Uint8Array>,
  write: (raw: Buffer) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let segment = Buffer.alloc(FILE_PART_BYTES);
  let filled = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + FILE_PART_BYTES - filled);
      segment.set(part, filled);
      [at, filled] = [at + part.length, filled + part.length];
      if (filled < FILE_PART_BYTES) continue;
      await write(segment);
      [segment, filled] = [Buffer.alloc(FILE_PART_BYTES), 0];
    }
    yield chunk;
  }
  if (filled > 0) await write(segment.subarray(0, filled));
}

function plainSegment(raw: Buffer, offset: number): LayerSegment {
  const hex = hash("sha256", raw, "hex");
  return {
    key: `${hex}-${plainCodec().form}`,
    compression: "none",
    rawOffset: offset,
    rawSize: raw.length,
    rawCrc32: loadZlib().crc32(raw),
    offset,
    size: raw.length,
    digest: parseDigest(`sha256:${hex}`),
  };
}

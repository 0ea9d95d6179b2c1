import { decompressedStream } from "@oci-build/oci";

const BLOCK_BYTES = 512;
const CHECKSUM_AT = 148;
const CHECKSUM_BYTES = 8;
const SPACE = 0x20;

/** True when the bytes, unpacked if they are compressed, begin with a tar header. An empty archive has none and is not
 * told from other files, as in Docker.
 * @throws OciBuildError TAR_COMPRESSION_UNSUPPORTED, TAR_COMPRESSION_CORRUPT */
export async function detectTar(bytes: AsyncIterable<Uint8Array>): Promise<boolean> {
  let block = Buffer.alloc(0);
  for await (const chunk of decompressedStream(bytes)) {
    block = Buffer.concat([block, chunk.subarray(0, BLOCK_BYTES - block.length)]);
    if (block.length === BLOCK_BYTES) break;
  }
  return block.length === BLOCK_BYTES && hasChecksum(block);
}

/** The sum of a header's bytes, its own field taken as blanks, stands in it in octal.
 * @see https://www.gnu.org/software/tar/manual/html_node/Standard.html */
function hasChecksum(block: Buffer): boolean {
  const field = block.toString("latin1", CHECKSUM_AT, CHECKSUM_AT + CHECKSUM_BYTES);
  const stated = /^[ \0]*([0-7]+)[ \0]*$/.exec(field)?.[1];
  if (stated === undefined) return false;
  const blanked = block.reduce((sum, byte, at) => {
    const isChecksum = at >= CHECKSUM_AT && at < CHECKSUM_AT + CHECKSUM_BYTES;
    return sum + (isChecksum ? SPACE : byte);
  }, 0);
  return blanked === Number.parseInt(stated, 8);
}

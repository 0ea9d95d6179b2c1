/** More than any codec here gives for so many raw bytes. Deflate adds five bytes for each 16 KiB that it cannot make
 * smaller and as many for a flush; zstd three for each 128 KiB, and a header and checksum of up to 22. */
export function encodedMaxBytes(rawBytes: number): number {
  return rawBytes + (rawBytes >> 8) + 128;
}

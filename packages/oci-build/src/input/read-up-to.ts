/** What a stream holds, up to the first chunk that brings it above a limit. */
export async function readUpTo(
  stream: AsyncIterable<Uint8Array | string>,
  limitBytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > limitBytes) break;
  }
  return Buffer.concat(chunks);
}

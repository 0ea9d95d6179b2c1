const PROGRESS_INTERVAL_MS = 200;

/** The same chunks; tells a few times a second how many bytes went by. */
export async function* toldChunks(
  chunks: AsyncIterable<Uint8Array>,
  tell: (doneBytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let doneBytes = 0;
  let nextMs = Date.now() + PROGRESS_INTERVAL_MS;
  for await (const chunk of chunks) {
    yield chunk;
    doneBytes += chunk.length;
    const timeMs = Date.now();
    if (timeMs < nextMs) continue;
    nextMs = timeMs + PROGRESS_INTERVAL_MS;
    tell(doneBytes);
  }
}

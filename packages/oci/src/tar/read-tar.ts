import { ChunkCursor } from "./chunk-cursor.js";
import type { TarEntry } from "./entry-header.js";
import { MemberBody } from "./member-body.js";
import { tarEntryOf } from "./tar-header.js";
import { type ReadTarOptions, TarHeaders } from "./tar-headers.js";

/** One member of a tar. Names in `entry` stand as in the archive: see `cleanArchivePath`.
 * `body` gives a file's bytes once, and only until the next member is asked for; what is not read is skipped.
 * `dataOffset` is where they begin in the tar. */
export interface TarMember {
  readonly entry: TarEntry;
  readonly dataOffset: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/** The members of an uncompressed tar: ustar, PAX, GNU and what came before them.
 *
 * Like Go and GNU tar it stops at two blocks of zeros; what follows them is read, to the source's end, and ignored.
 * Stopping early ends the source. A directory has no data, whatever its size field says.
 * @throws OciBuildError TAR_MALFORMED, TAR_TYPE_UNSUPPORTED (sparse files, and types that no reader shares),
 * TAR_LIMIT_EXCEEDED; what `source` throws is passed on */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
  options: ReadTarOptions = {},
): AsyncGenerator<TarMember, void, undefined> {
  const headers = new TarHeaders(options);
  const cursor = new ChunkCursor(source, (size) => headers.checkSize(size));
  try {
    do {
      yield* membersAtHand(headers, cursor);
    } while (await cursor.advance());
    headers.finish(cursor.end);
  } finally {
    await cursor.close();
  }
}

/** The members whose headers end in the chunk at hand, and in those that their bodies take. */
async function* membersAtHand(
  headers: TarHeaders,
  cursor: ChunkCursor,
): AsyncGenerator<TarMember, void, undefined> {
  for (;;) {
    const header = headers.next(cursor.chunk, cursor.offset);
    if (header === undefined) return;
    const entry = tarEntryOf(header);
    const { dataOffset } = headers;
    const size = entry.type === "file" ? entry.size : 0;
    yield { entry, dataOffset, body: new MemberBody(cursor, dataOffset, size) };
  }
}

import type { FileReader } from "../entry.js";
import { ChunkCursor } from "./chunk-cursor.js";
import type { TarEntry } from "./entry-header.js";
import { MemberBody } from "./member-body.js";
import { tarEntryOf } from "./tar-header.js";
import { type ReadTarOptions, TarHeaders } from "./tar-headers.js";

/** One member of a tar. Names in `entry` stand as in the archive: see `cleanArchivePath`.
 * `body` gives a file's bytes once, and only until the next member is asked for; what is not read is skipped. It is
 * looped over, or read into memory of the caller's, which waits only for bytes that have not come yet.
 * `dataOffset` is where they begin in the tar. */
export interface TarMember {
  readonly entry: TarEntry;
  readonly dataOffset: number;
  readonly body: AsyncIterable<Uint8Array> & FileReader;
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
  for await (const members of readTarBatches(source, options)) for (const member of members) yield member;
}

/** The members that `readTar` gives, in batches: those whose headers have come, without waiting between them, since a
 * promise for each of 100,000 small files costs more than what is in them. A batch is good until the next is asked for,
 * and what is left of it is skipped.
 * @throws OciBuildError as `readTar`, here and while a batch is looped over */
export async function* readTarBatches(
  source: AsyncIterable<Uint8Array>,
  options: ReadTarOptions = {},
): AsyncGenerator<Iterable<TarMember>, void, undefined> {
  const headers = new TarHeaders(options);
  const cursor = new ChunkCursor(source, (size) => headers.checkSize(size));
  try {
    while (await cursor.advance()) {
      yield { [Symbol.iterator]: () => membersAtHand(headers, cursor) };
      while (headers.next(cursor.chunk, cursor.offset) !== undefined);
    }
    headers.finish(cursor.end);
  } finally {
    await cursor.close();
  }
}

/** The members whose headers end in the chunk at hand, and in those that their bodies take. */
function* membersAtHand(headers: TarHeaders, cursor: ChunkCursor): Generator<TarMember, void, undefined> {
  for (;;) {
    const header = headers.next(cursor.chunk, cursor.offset);
    if (header === undefined) return;
    const entry = tarEntryOf(header);
    const { dataOffset } = headers;
    const size = entry.type === "file" ? entry.size : 0;
    yield { entry, dataOffset, body: new MemberBody(cursor, dataOffset, size) };
  }
}

import { TAR_TOTAL_MAX_BYTES } from "./decompressed-stream.js";
import type { TarEntry } from "./entry-header.js";
import { readExtensions } from "./extension-records.js";
import { isTarEnd } from "./header-window.js";
import { MemberBody } from "./member-body.js";
import { memberEntry } from "./member-entry.js";
import type { PaxRecords } from "./pax-records.js";
import { overLimit, type TarFeed, tarFeed } from "./tar-feed.js";
import { BLOCK_BYTES } from "./ustar-block.js";

/** Without another bound, how many members a tar may have. */
export const TAR_MEMBERS_MAX = 10_000_000;

/** One member of a tar. Names in `entry` stand as in the archive: see `cleanArchivePath`.
 * `body` gives a file's bytes once, and only until the next member is asked for; what is not read is skipped.
 * `dataOffset` is where they begin in the tar. */
export interface TarMember {
  readonly entry: TarEntry;
  readonly dataOffset: number;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface ReadTarOptions {
  /** Default `TAR_MEMBERS_MAX`. */
  readonly maxMembers?: number | undefined;
  /** Bytes of the whole tar. Default `TAR_TOTAL_MAX_BYTES`. */
  readonly maxBytes?: number | undefined;
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
  const feed = await tarFeed(source, options.maxBytes ?? TAR_TOTAL_MAX_BYTES);
  const feeding = feed.run();
  try {
    yield* members(feed, options.maxMembers ?? TAR_MEMBERS_MAX);
    await feeding;
  } catch (error) {
    throw feed.failureOf(error);
  } finally {
    feed.stop();
    await feeding;
  }
  feed.check();
}

async function* members(feed: TarFeed, maxMembers: number): AsyncGenerator<TarMember, void, undefined> {
  let global: PaxRecords = new Map();
  let count = 0;
  for (let parsed = await feed.nextMember(); parsed !== undefined; parsed = await feed.nextMember()) {
    const [header, stream, done] = parsed;
    const dataOffset = stream.offset + BLOCK_BYTES;
    const headers = feed.headersUntil(dataOffset);
    if (isTarEnd(headers)) {
      feed.end();
      return;
    }
    count += 1;
    if (count > maxMembers) throw overLimit("members", maxMembers);
    const extensions = readExtensions(headers, global);
    global = extensions.global;
    const entry = memberEntry(header, extensions);
    const size = entry.type === "file" ? entry.size : 0;
    feed.moveBehind(dataOffset + size);
    const body = new MemberBody(stream, { size, failureOf: (error) => feed.failureOf(error) });
    yield { entry, dataOffset, body };
    await body.skip();
    done();
  }
}

import { setImmediate as nextTurn } from "node:timers/promises";
import { type ReadTarOptions, type TarHeader, TarHeaders } from "@oci-build/oci";
import { monotonicMs } from "./monotonic-ms.js";
import type { TarArchive } from "./scan-tar-archive.js";

/** Takes the members of an archive in its order, each header good until the next; `dataOffset` is where a file's bytes
 * begin. After "enough", whoever can
 * leave the rest unread gives no more. */
export type TakeMember = (header: TarHeader, dataOffset: number) => "more" | "enough";

export interface TarMembersOptions extends ReadTarOptions {
  readonly signal?: AbortSignal | undefined;
}

/** How much is read where a header is to be: with files of a few KiB, mostly the next ones too. */
const PIECE_BYTES = 64 * 1024;

/** How long headers are read before the event loop has its turn, in milliseconds. */
const turnMs = 16;

/** Pieces between two looks at the clock. */
const clockInterval = 16;

/** Reads the headers of a plain tar where it lies, and not the files' bytes.
 * @throws OciBuildError as `TarHeaders`, and SNAPSHOT_FILE_CHANGED, SNAPSHOT_FILE_UNREADABLE; the signal's reason */
export async function takeMembersOfFile(
  archive: TarArchive,
  take: TakeMember,
  options: TarMembersOptions,
): Promise<void> {
  const { signal } = options;
  const headers = new TarHeaders(options);
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  headers.checkSize(archive.size);
  let isEnough = false;
  let turnEnd = monotonicMs() + turnMs;
  for (let count = 1; !isEnough && !headers.isAtEnd && headers.position < archive.size; count += 1) {
    const offset = headers.position;
    const length = archive.readAt(buffer, offset);
    // It was cut short since it was opened, which the check below tells.
    if (length === 0) break;
    isEnough = takeFrom(headers, { bytes: buffer.subarray(0, length), offset }, take) === "enough";
    if (count % clockInterval !== 0 || monotonicMs() < turnEnd) continue;
    await nextTurn();
    signal?.throwIfAborted();
    turnEnd = monotonicMs() + turnMs;
  }
  signal?.throwIfAborted();
  archive.checkUnchanged("");
  if (!isEnough) headers.finish(archive.size);
}

/** Reads the headers of a tar on its way, which it is to its end.
 * @throws OciBuildError as `TarHeaders`; what the source throws; the signal's reason */
export async function takeMembersOfStream(
  source: AsyncIterable<Uint8Array>,
  take: TakeMember,
  options: TarMembersOptions,
): Promise<void> {
  const { signal } = options;
  const headers = new TarHeaders(options);
  let offset = 0;
  let isEnough = false;
  for await (const chunk of source) {
    signal?.throwIfAborted();
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    headers.checkSize(offset + bytes.length);
    if (!isEnough) isEnough = takeFrom(headers, { bytes, offset }, take) === "enough";
    offset += bytes.length;
  }
  if (!isEnough) headers.finish(offset);
}

/** A part of a tar, and where it begins. */
interface Piece {
  readonly bytes: Buffer;
  readonly offset: number;
}

function takeFrom(headers: TarHeaders, { bytes, offset }: Piece, take: TakeMember): "more" | "enough" {
  for (;;) {
    const header = headers.next(bytes, offset);
    if (header === undefined) return "more";
    if (take(header, headers.dataOffset) === "enough") return "enough";
  }
}

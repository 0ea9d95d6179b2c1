import type { FileHandle } from "node:fs/promises";
import { ociError } from "../errors.js";

/** Reads bytes forward. */
export interface ByteCursor {
  /** Where the next byte stands. */
  readonly offset: number;
  /** The next bytes, fewer only at the end. They are good until the next call. */
  take(length: number): Promise<Buffer>;
  /** Leaves bytes out.
   * @throws OciBuildError OCI_TAR_INVALID when the end comes first */
  skip(length: number): Promise<void>;
}

/** A cursor over a file, which leaves bytes out without reading them. Headers are read in larger pieces. */
export function fileCursor(handle: FileHandle, size: number): ByteCursor {
  const pageBytes = 16 * 1024;
  let offset = 0;
  let page: Buffer = Buffer.alloc(0);
  let pageOffset = 0;
  return {
    get offset() {
      return offset;
    },
    async take(length) {
      if (offset < pageOffset || offset + length > pageOffset + page.length) {
        const fresh = Buffer.allocUnsafe(Math.max(length, pageBytes));
        const { bytesRead } = await handle.read(fresh, 0, fresh.length, offset);
        page = fresh.subarray(0, bytesRead);
        pageOffset = offset;
      }
      const taken = page.subarray(offset - pageOffset, offset - pageOffset + length);
      offset += taken.length;
      return taken;
    },
    skip(length) {
      offset += length;
      return offset > size ? Promise.reject(endTooEarly(size)) : Promise.resolve();
    },
  };
}

/** A cursor over a stream. The stream is not ended when the cursor is left. */
export function streamCursor(chunks: AsyncIterator<Uint8Array>): ByteCursor {
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);
  const more = async (): Promise<boolean> => {
    const next = await chunks.next();
    if (next.done === true) return false;
    const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    return true;
  };
  return {
    get offset() {
      return offset;
    },
    async take(length) {
      for (let ended = false; rest.length < length && !ended; ) ended = !(await more());
      const taken = rest.subarray(0, length);
      rest = rest.subarray(taken.length);
      offset += taken.length;
      return taken;
    },
    async skip(length) {
      let left = length;
      while (left > 0) {
        if (rest.length === 0 && !(await more())) throw endTooEarly(offset);
        const skipped = Math.min(left, rest.length);
        rest = rest.subarray(skipped);
        offset += skipped;
        left -= skipped;
      }
    },
  };
}

function endTooEarly(offset: number): Error {
  return tarInvalid(offset, "the end of the file inside a member");
}

/** The error for bytes that are no tar. */
export function tarInvalid(offset: number, found: string): Error {
  return ociError("OCI_TAR_INVALID", {
    message: `tar is not valid at byte ${offset}: found ${found}`,
    data: { offset, found },
  });
}

import { paddingBytes, TAR_END_BYTES } from "./ustar-block.js";

interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** The bytes of a tar from the end of the last member's data on: the headers of the next, as they stand. */
export class HeaderWindow {
  #pieces: Piece[] = [];
  #dataEnd = 0;
  #start = 0;
  #end = 0;

  /** How many bytes lie between the last member and what was added last. */
  get pendingBytes(): number {
    return Math.max(0, this.#end - this.#start);
  }

  add(bytes: Uint8Array): void {
    const offset = this.#end;
    this.#end += bytes.length;
    if (this.#end > this.#start) this.#pieces.push({ offset, bytes });
  }

  /** The bytes from the last member up to this place of the tar. */
  until(offset: number): Buffer {
    const parts = this.#pieces.map((piece) =>
      piece.bytes.subarray(
        Math.max(0, this.#start - piece.offset),
        Math.max(0, Math.min(piece.bytes.length, offset - piece.offset)),
      ),
    );
    return Buffer.concat(parts);
  }

  /** Sets where the data of the last member end, and forgets what lies before. */
  moveTo(dataEnd: number): void {
    this.#dataEnd = dataEnd;
    this.#start = dataEnd + paddingBytes(dataEnd);
    this.#pieces = this.#pieces.filter((piece) => piece.offset + piece.bytes.length > this.#start);
  }

  /** How many zeros are missing behind the last member's data, when they are all there. */
  get missingPaddingBytes(): number {
    return this.#end >= this.#dataEnd && this.#end < this.#start ? this.#start - this.#end : 0;
  }

  /** Whether the two blocks of zeros that end a tar follow the last member. */
  isAtTarEnd(): boolean {
    return isTarEnd(this.until(this.#start + TAR_END_BYTES));
  }
}

/** Whether bytes begin with the two blocks of zeros that end a tar. */
export function isTarEnd(bytes: Buffer): boolean {
  return bytes.length >= TAR_END_BYTES && bytes.subarray(0, TAR_END_BYTES).every((byte) => byte === 0);
}

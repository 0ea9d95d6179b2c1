import { TAR_TOTAL_MAX_BYTES } from "./decompressed-stream.js";
import { blockState, numberField } from "./header-block.js";
import { type ExtensionFlag, extensionFlag, HeaderExtensions } from "./header-extensions.js";
import { malformedTar } from "./malformed-tar.js";
import { MemberHeader } from "./member-header.js";
import type { TarHeader } from "./tar-header.js";
import { tarTooLarge } from "./tar-too-large.js";
import { BLOCK_BYTES, paddingBytes } from "./ustar-block.js";

/** The headers of one member: above what Go's archive/tar takes in one extended header, with room for others. */
export const TAR_HEADER_MAX_BYTES: number = 4 * 1024 * 1024;

/** Without another bound, how many members a tar may have. */
export const TAR_MEMBERS_MAX = 10_000_000;

export interface ReadTarOptions {
  /** Default `TAR_MEMBERS_MAX`. */
  readonly maxMembers?: number | undefined;
  /** Bytes of the whole tar. Default `TAR_TOTAL_MAX_BYTES`. */
  readonly maxBytes?: number | undefined;
}

const sizeField = { offset: 124, length: 12 } as const;

/** Reads the headers of a tar from pieces of it, and passes over its data: whoever can leave them out does not have to
 * read them. Nothing waits here, since a promise for each of 100,000 headers costs more than the headers.
 *
 * Pieces are given until `next` finds no more in them, then the one that begins at `position`. */
export class TarHeaders {
  readonly #maxMembers: number;
  readonly #maxBytes: number;
  readonly #extensions = new HeaderExtensions();
  readonly #header = new MemberHeader();
  /** The bytes seen last, and the same ones as numbers. */
  #viewed: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #position = 0;
  #state: "block" | ExtensionFlag | "ended" = "block";
  /** How much the header or body of an extended header at hand has. */
  #wanted: number = BLOCK_BYTES;
  #bodySize = 0;
  /** Of what is wanted, the part that earlier pieces had. */
  #part: Buffer | undefined;
  #partLength = 0;
  #members = 0;
  #headerBytes = 0;
  #zeroBlocks = 0;
  #dataOffset = 0;
  #dataEnd = 0;

  constructor(options: ReadTarOptions = {}) {
    this.#maxMembers = options.maxMembers ?? TAR_MEMBERS_MAX;
    this.#maxBytes = options.maxBytes ?? TAR_TOTAL_MAX_BYTES;
  }

  /** Refuses a tar of more bytes than it may have.
   * @throws OciBuildError TAR_LIMIT_EXCEEDED */
  checkSize(size: number): void {
    if (size > this.#maxBytes) throw tarTooLarge("bytes", this.#maxBytes);
  }

  /** Where the next byte stands that is to be given; beyond the bytes given where data follow. */
  get position(): number {
    return this.#position;
  }

  /** Where the data of the last member begin. */
  get dataOffset(): number {
    return this.#dataOffset;
  }

  /** Whether the blocks of zeros that end a tar were seen. */
  get isAtEnd(): boolean {
    return this.#state === "ended";
  }

  /** The next member whose header ends in a piece of the tar; `offset` is where the piece begins. Undefined when there is
   * none, and at the end of the tar. What it gives is good until the next call.
   * @throws OciBuildError TAR_MALFORMED, TAR_TYPE_UNSUPPORTED, TAR_LIMIT_EXCEEDED */
  next(piece: Buffer, offset: number): TarHeader | undefined {
    while (this.#state !== "ended") {
      const start = this.#position - offset;
      const missing = this.#wanted - this.#partLength;
      if (start + missing > piece.length) {
        this.#keep(piece, start);
        return undefined;
      }
      this.#position += missing;
      const header = this.#take(piece, start, missing);
      if (header !== undefined) return header;
    }
    return undefined;
  }

  /** Says that the tar has so many bytes, all of which were there to be given.
   * @throws OciBuildError TAR_MALFORMED when it ends too early */
  finish(size: number): void {
    if (this.#state === "ended") return;
    if (size < this.#dataEnd) throw malformedTar("it ends inside a member");
    // Some writers leave the last block of data short, and Go reads their tars.
    if (size <= this.#dataEnd + paddingBytes(this.#dataEnd)) return;
    if (this.#partLength > 0 || this.#state !== "block") throw malformedTar("it ends inside a header");
  }

  #keep(piece: Buffer, start: number): void {
    if (start >= piece.length) return;
    this.#part ??= Buffer.allocUnsafe(this.#wanted);
    this.#partLength += piece.copy(this.#part, this.#partLength, start);
    this.#position += piece.length - start;
  }

  /** Takes what is wanted, all of which is here now. */
  #take(piece: Buffer, start: number, missing: number): TarHeader | undefined {
    const part = this.#part;
    if (part === undefined) return this.#takeWhole(piece, start);
    piece.copy(part, this.#partLength, start, start + missing);
    this.#part = undefined;
    this.#partLength = 0;
    return this.#takeWhole(part, 0);
  }

  #takeWhole(bytes: Buffer, start: number): TarHeader | undefined {
    if (this.#state === "block") return this.#takeBlock(bytes, start);
    if (this.#state !== "ended")
      this.#extensions.take(this.#state, bytes.subarray(start, start + this.#bodySize));
    this.#state = "block";
    this.#wanted = BLOCK_BYTES;
    return undefined;
  }

  #takeBlock(bytes: Buffer, start: number): TarHeader | undefined {
    if (bytes !== this.#viewed) {
      this.#viewed = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const state = blockState(bytes, this.#view, start);
    if (state === "damaged") throw malformedTar("a header has a checksum that is not its own");
    if (state === "zeros") {
      this.#zeroBlocks += 1;
      if (this.#zeroBlocks === 2) this.#state = "ended";
      return undefined;
    }
    this.#zeroBlocks = 0;
    this.#headerBytes += BLOCK_BYTES;
    const flag = extensionFlag(bytes[start + 156] ?? 0);
    if (flag === undefined) return this.#takeMember(bytes, start);
    this.#expectExtension(flag, numberField(bytes, start + sizeField.offset, sizeField.length));
    return undefined;
  }

  #expectExtension(flag: ExtensionFlag, size: number): void {
    if (!Number.isSafeInteger(size) || size < 0) {
      throw malformedTar("an extended header has a size that is no number");
    }
    this.#headerBytes += size;
    if (this.#headerBytes > TAR_HEADER_MAX_BYTES) throw tarTooLarge("header bytes", TAR_HEADER_MAX_BYTES);
    this.#state = flag;
    this.#bodySize = size;
    this.#wanted = size + paddingBytes(size);
  }

  #takeMember(bytes: Buffer, start: number): TarHeader {
    this.#members += 1;
    if (this.#members > this.#maxMembers) throw tarTooLarge("members", this.#maxMembers);
    const header = this.#header;
    header.read(bytes, start, this.#extensions);
    this.#extensions.memberCame();
    this.#headerBytes = 0;
    const size = header.type === "file" ? header.first : 0;
    this.#dataOffset = this.#position;
    this.#dataEnd = this.#dataOffset + size;
    this.#position = this.#dataEnd + paddingBytes(size);
    return header;
  }
}

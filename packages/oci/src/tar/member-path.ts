import { decodePath } from "../path-bytes.js";
import { textField } from "./header-block.js";

const SLASH = 0x2f;
const nameLength = 100;
const prefixField = { offset: 345, length: 155 } as const;

/** Only in headers with this magic, NUL included, is there a prefix: GNU tar has times at its place. */
const ustarMagic = Buffer.from("ustar\0", "latin1");

/** A member's path in two parts: see `TarHeader`. It keeps the last directory, so that members that stand together have
 * one string, and those that come to it know it by its identity. */
export class MemberPath {
  directory = "";
  name = "";

  /** Takes the path out of a header. */
  readHeader(header: Buffer, offset: number): void {
    // Before the magic is looked at, since most names have no prefix.
    const hasPrefix =
      header[offset + prefixField.offset] !== 0 &&
      ustarMagic.compare(header, offset + 257, offset + 263) === 0;
    if (!hasPrefix) this.#readField(header, offset);
    else {
      const prefix = textField(header, offset + prefixField.offset, prefixField.length);
      this.set(`${prefix}/${textField(header, offset, nameLength)}`);
    }
  }

  set(path: string): void {
    const start = path.length < 2 ? 0 : path.lastIndexOf("/", path.length - 2) + 1;
    const directory = path.slice(0, start);
    if (directory !== this.directory) this.directory = directory;
    this.name = path.slice(start);
  }

  #readField(header: Buffer, start: number): void {
    let end = start;
    let bits = 0;
    let nameStart = start;
    let slashEnd = start;
    for (; end < start + nameLength; end += 1) {
      const byte = header[end] ?? 0;
      if (byte === 0) break;
      bits |= byte;
      // A slash that ends the path belongs to the name.
      nameStart = slashEnd;
      if (byte === SLASH) slashEnd = end + 1;
    }
    if (bits >= 0x80) {
      this.set(decodePath(header.subarray(start, end)));
      return;
    }
    if (!this.#isDirectory(header, start, nameStart))
      this.directory = header.toString("latin1", start, nameStart);
    this.name = header.toString("latin1", nameStart, end);
  }

  #isDirectory(header: Buffer, start: number, end: number): boolean {
    const { directory } = this;
    if (directory.length !== end - start) return false;
    for (let at = directory.length - 1; at >= 0; at -= 1) {
      if (directory.charCodeAt(at) !== header[start + at]) return false;
    }
    return true;
  }
}

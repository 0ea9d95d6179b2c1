/** Bytes that are not of SSH's wire format, or end too early. */
export class WireError extends Error {
  override readonly name = "WireError";
}

const HEADER_BYTES = 4;

/** Reads values of SSH's wire format one after the other; what a length says is believed only as far as there are bytes.
 * What it gives are views.
 * @see https://www.rfc-editor.org/rfc/rfc4251#section-5 */
export class WireReader {
  #rest: Buffer;

  constructor(bytes: Buffer) {
    this.#rest = bytes;
  }

  /** What was not read yet. */
  get rest(): Buffer {
    return this.#rest;
  }

  bytes(count: number): Buffer {
    if (count > this.#rest.length) throw new WireError(`${count} bytes expected, ${this.#rest.length} found`);
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }

  uint32(): number {
    return this.bytes(HEADER_BYTES).readUInt32BE();
  }

  string(): Buffer {
    return this.bytes(this.uint32());
  }

  text(): string {
    return this.string().toString("utf8");
  }

  /** A number that is not negative, without zeros in front. */
  number(): Buffer {
    const bytes = this.string();
    if ((bytes[0] ?? 0) >= 0x80) throw new WireError("a negative number");
    return withoutZeros(bytes);
  }
}

/** A length, and so many bytes. */
export function wireString(bytes: Uint8Array | string): Buffer {
  const body = Buffer.from(bytes);
  return Buffer.concat([wireUint32(body.length), body]);
}

/** A number that is not negative; its bytes may have zeros in front. */
export function wireNumber(bytes: Buffer): Buffer {
  const short = withoutZeros(bytes);
  const isSigned = (short[0] ?? 0) >= 0x80;
  return wireString(isSigned ? Buffer.concat([Buffer.alloc(1), short]) : short);
}

export function wireUint32(value: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32BE(value);
  return bytes;
}

function withoutZeros(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  return bytes.subarray(first < 0 ? bytes.length : first);
}

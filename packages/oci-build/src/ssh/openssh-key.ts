import { createPrivateKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { KeyProblemError, unsupportedKey } from "./key-problem.js";
import { WireError, WireReader } from "./wire.js";

/** A private key, and what its file says beside it. `blob` is the public half as the file has it. */
export interface OpenSshKey {
  readonly key: KeyObject;
  readonly blob: Buffer;
  readonly comment: string;
}

/** NUL included. */
const MAGIC = Buffer.from("openssh-key-v1\0");

/** The most bytes of a number: more than those of the longest RSA key are computed with for too long. */
const NUMBER_MAX_BYTES = 2048;

/** Reads what stands between the lines of OpenSSH's own form:
 *
 *     magic · cipher · key derivation · its options · number of keys (1) · public key · private part
 *     private part: check · check again · kind · numbers of the kind · comment · padding 1 2 3 …
 *
 * @throws KeyProblemError, WireError
 * @see https://github.com/openssh/openssh-portable/blob/V_9_9_P2/PROTOCOL.key */
export function parseOpenSshKey(bytes: Buffer): OpenSshKey {
  const outer = new WireReader(bytes);
  if (!outer.bytes(MAGIC.length).equals(MAGIC)) throw new WireError("not openssh-key-v1");
  const cipher = outer.text();
  outer.string();
  outer.string();
  if (cipher !== "none") throw new KeyProblemError("encrypted", "the key is encrypted");
  if (outer.uint32() !== 1) throw new WireError("not one key");
  const blob = outer.string();
  const inner = new WireReader(outer.string());
  const check = inner.uint32();
  if (check !== inner.uint32()) throw new WireError("the checks differ");
  const webKey = readWebKey(inner);
  const comment = inner.text();
  if (inner.rest.some((byte, index) => byte !== index + 1)) throw new WireError("bad padding");
  return { key: createPrivateKey({ key: webKey, format: "jwk" }), blob, comment };
}

function readWebKey(reader: WireReader): JsonWebKey {
  const kind = reader.text();
  switch (kind) {
    case "ssh-ed25519":
      return ed25519WebKey(reader);
    case "ssh-rsa":
      return rsaWebKey(reader);
    case "ecdsa-sha2-nistp256":
      return ecdsaWebKey(reader, "P-256", 32);
    case "ecdsa-sha2-nistp384":
      return ecdsaWebKey(reader, "P-384", 48);
    case "ecdsa-sha2-nistp521":
      return ecdsaWebKey(reader, "P-521", 66);
    default:
      throw unsupportedKey(kind);
  }
}

/** public · private, of which the second half is the public key again */
function ed25519WebKey(reader: WireReader): JsonWebKey {
  const x = reader.string();
  const d = reader.string().subarray(0, 32);
  return { kty: "OKP", crv: "Ed25519", x: webText(x), d: webText(d) };
}

/** n · e · d · inverse of q · p · q; the remainders of d are not in it. */
function rsaWebKey(reader: WireReader): JsonWebKey {
  const n = boundedNumber(reader);
  const e = boundedNumber(reader);
  const d = boundedNumber(reader);
  const qi = boundedNumber(reader);
  const p = boundedNumber(reader);
  const q = boundedNumber(reader);
  const numbers = { n, e, d, p, q, dp: remainder(d, p), dq: remainder(d, q), qi };
  const texts = Object.entries(numbers).map(([name, bytes]) => [name, webText(bytes)]);
  return { kty: "RSA", ...Object.fromEntries(texts) };
}

/** name of the curve · point · secret number */
function ecdsaWebKey(reader: WireReader, crv: string, size: number): JsonWebKey {
  reader.string();
  const point = reader.string();
  const d = reader.number();
  if (point[0] !== 4 || point.length !== 1 + 2 * size || d.length > size) throw new WireError("a bad point");
  const x = webText(point.subarray(1, 1 + size));
  const y = webText(point.subarray(1 + size));
  return { kty: "EC", crv, x, y, d: webText(Buffer.concat([Buffer.alloc(size - d.length), d])) };
}

function webText(bytes: Buffer): string {
  return bytes.toString("base64url");
}

function boundedNumber(reader: WireReader): Buffer {
  const bytes = reader.number();
  if (bytes.length === 0 || bytes.length > NUMBER_MAX_BYTES) throw new WireError("a number of a bad length");
  return bytes;
}

/** d modulo one less than a prime. */
function remainder(d: Buffer, prime: Buffer): Buffer {
  const below = toBigInt(prime) - 1n;
  if (below < 1n) throw new WireError("no prime");
  const hex = (toBigInt(d) % below).toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}

function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

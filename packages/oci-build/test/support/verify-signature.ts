import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { WireReader } from "../../src/ssh/wire.js";

const hashes: Readonly<Record<string, string | null>> = {
  "ssh-ed25519": null,
  "ssh-rsa": "sha1",
  "rsa-sha2-256": "sha256",
  "rsa-sha2-512": "sha512",
  "ecdsa-sha2-nistp256": "sha256",
  "ecdsa-sha2-nistp384": "sha384",
  "ecdsa-sha2-nistp521": "sha512",
};

/** The name of a signature in SSH's form, once it proves to be one of these bytes by this public key. */
export function verifiedName(signature: Buffer, data: Buffer, blob: Buffer): string | undefined {
  const reader = new WireReader(signature);
  const name = reader.text();
  const body = reader.string();
  const hash = hashes[name] ?? null;
  const isValid = verify(hash, data, publicKey(blob), name.startsWith("ecdsa") ? sequenceOf(body) : body);
  return isValid ? name : undefined;
}

function publicKey(blob: Buffer): KeyObject {
  const reader = new WireReader(blob);
  const kind = reader.text();
  const text = (bytes: Buffer): string => bytes.toString("base64url");
  if (kind === "ssh-ed25519") {
    return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: text(reader.string()) }, format: "jwk" });
  }
  if (kind === "ssh-rsa") {
    const [e, n] = [text(reader.number()), text(reader.number())];
    return createPublicKey({ key: { kty: "RSA", e, n }, format: "jwk" });
  }
  const crv = `P-${reader.text().slice("nistp".length)}`;
  const point = reader.string().subarray(1);
  const [x, y] = [point.subarray(0, point.length / 2), point.subarray(point.length / 2)].map(text);
  return createPublicKey({ key: { kty: "EC", crv, x: x ?? "", y: y ?? "" }, format: "jwk" });
}

/** Both numbers of ECDSA as DER has them, which takes them in the same form. */
function sequenceOf(body: Buffer): Buffer {
  const reader = new WireReader(body);
  const numbers = [reader.string(), reader.string()].map((bytes) => derValue(2, bytes));
  return derValue(0x30, Buffer.concat(numbers));
}

function derValue(tag: number, bytes: Buffer): Buffer {
  const { length } = bytes;
  return Buffer.concat([Buffer.from(length < 0x80 ? [tag, length] : [tag, 0x81, length]), bytes]);
}

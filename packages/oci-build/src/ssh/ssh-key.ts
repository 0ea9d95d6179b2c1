import { createPublicKey, type JsonWebKey, type KeyObject, sign } from "node:crypto";
import { unsupportedKey } from "./key-problem.js";
import { wireNumber, wireString } from "./wire.js";

/** A private key that an agent has. `blob` is its public half as SSH sends it. */
export interface SshKey {
  readonly blob: Buffer;
  readonly comment: string;
  /** Gives the signature in SSH's form. `flags` are those of the request. */
  sign(data: Uint8Array, flags: number): Promise<Buffer>;
}

/** Above what OpenSSH takes, a signature takes seconds; below, nobody accepts it. */
const RSA_BITS = { min: 1024, max: 16_384 } as const;

/** The hash that OpenSSL signs with and the signature's name, by the request's flags; none is the old form.
 * @see https://www.rfc-editor.org/rfc/rfc8332#section-3 */
const rsaForms = [
  { flag: 2, hash: "sha256", name: "rsa-sha2-256" },
  { flag: 4, hash: "sha512", name: "rsa-sha2-512" },
] as const;
const oldRsaForm = { hash: "sha1", name: "ssh-rsa" } as const;

/** @see https://www.rfc-editor.org/rfc/rfc5656#section-6.2.1 */
const curves: Readonly<Record<string, { readonly name: string; readonly hash: string }>> = {
  "P-256": { name: "nistp256", hash: "sha256" },
  "P-384": { name: "nistp384", hash: "sha384" },
  "P-521": { name: "nistp521", hash: "sha512" },
};

/** @throws KeyProblemError for one of a kind that SSH does not have */
export function sshKey(key: KeyObject, comment: string): SshKey {
  switch (key.asymmetricKeyType) {
    case "ed25519":
      return ed25519Key(key, comment);
    case "rsa":
      return rsaKey(key, comment);
    case "ec":
      return ecdsaKey(key, comment);
    default:
      throw unsupportedKey(key.asymmetricKeyType ?? "unknown");
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc8709#section-4 */
function ed25519Key(key: KeyObject, comment: string): SshKey {
  const { x } = publicNumbers(key);
  return {
    blob: fields("ssh-ed25519", wireString(x)),
    comment,
    sign: async (data) => fields("ssh-ed25519", wireString(await signature(null, data, key))),
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc4253#section-6.6 */
function rsaKey(key: KeyObject, comment: string): SshKey {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < RSA_BITS.min || bits > RSA_BITS.max) throw unsupportedKey(`RSA with ${bits} bits`);
  const { e, n } = publicNumbers(key);
  return {
    blob: fields("ssh-rsa", wireNumber(e), wireNumber(n)),
    comment,
    sign: async (data, flags) => {
      const form = rsaForms.find(({ flag }) => (flags & flag) !== 0) ?? oldRsaForm;
      return fields(form.name, wireString(await signature(form.hash, data, key)));
    },
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc5656#section-3.1 */
function ecdsaKey(key: KeyObject, comment: string): SshKey {
  const { crv, x, y } = publicNumbers(key);
  const curve = curves[crv];
  if (curve === undefined) throw unsupportedKey(`ECDSA on ${crv}`);
  const name = `ecdsa-sha2-${curve.name}`;
  return {
    blob: fields(name, wireString(curve.name), wireString(Buffer.concat([Buffer.of(4), x, y]))),
    comment,
    sign: async (data) => {
      const both = await signature(curve.hash, data, key);
      const half = both.length / 2;
      const numbers = [wireNumber(both.subarray(0, half)), wireNumber(both.subarray(half))];
      return fields(name, wireString(Buffer.concat(numbers)));
    },
  };
}

function fields(name: string, ...rest: readonly Buffer[]): Buffer {
  return Buffer.concat([wireString(name), ...rest]);
}

interface PublicNumbers extends Readonly<Record<"e" | "n" | "x" | "y", Buffer>> {
  readonly crv: string;
}

function publicNumbers(key: KeyObject): PublicNumbers {
  const { crv = "", e, n, x, y } = webKey(createPublicKey(key));
  const bytes = (text: string | undefined): Buffer => Buffer.from(text ?? "", "base64url");
  return { crv, e: bytes(e), n: bytes(n), x: bytes(x), y: bytes(y) };
}

/** Of curves that web keys do not have, nothing. */
function webKey(key: KeyObject): JsonWebKey {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const known = new Set([undefined, "prime256v1", "secp384r1", "secp521r1"]);
  return known.has(curve) ? key.export({ format: "jwk" }) : { crv: curve ?? "" };
}

/** Signs on another thread; of ECDSA both numbers in their full length. */
function signature(hash: string | null, data: Uint8Array, key: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign(hash, data, { key, dsaEncoding: "ieee-p1363" }, (error, bytes) =>
      error === null ? resolve(bytes) : reject(error),
    );
  });
}

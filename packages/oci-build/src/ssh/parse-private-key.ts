import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { KeyProblemError } from "./key-problem.js";
import { type OpenSshKey, parseOpenSshKey } from "./openssh-key.js";
import { type SshKey, sshKey } from "./ssh-key.js";

const OPENSSH_KEY = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)-----END OPENSSH PRIVATE KEY-----/;
/** PKCS #8 says it in its first line, older forms in a header. */
const ENCRYPTED_KEY = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: *4,ENCRYPTED/m;
const PUBLIC_KEY = /^(?:ssh-|ecdsa-|sk-)[\w.@-]+ AAAA|^-{4,5} ?BEGIN [\w ]*PUBLIC KEY/m;
const MALFORMED = "it holds no private key in PEM or in OpenSSH's form";

/** Reads a private key: in OpenSSH's own form, in PKCS #8, or in the older forms of PEM. Nothing that it throws has
 * anything of the key.
 * @throws KeyProblemError */
export function parsePrivateKey(bytes: Buffer): SshKey {
  const { key, comment, blob } = readKey(bytes);
  const made = sshKey(key, comment);
  const fits = blob === undefined || made.blob.equals(blob);
  if (fits && signsAsItSays(key)) return made;
  throw new KeyProblemError("malformed", "its private and its public key do not belong together");
}

function readKey(bytes: Buffer): Omit<OpenSshKey, "blob"> & Partial<OpenSshKey> {
  const text = bytes.toString("latin1");
  const [, body] = OPENSSH_KEY.exec(text) ?? [];
  if (body !== undefined) return orMalformed(() => parseOpenSshKey(Buffer.from(body, "base64")));
  if (ENCRYPTED_KEY.test(text)) throw new KeyProblemError("encrypted", "the key is encrypted");
  if (PUBLIC_KEY.test(text)) throw new KeyProblemError("public", "it holds a public key");
  return { key: orMalformed(() => createPrivateKey(bytes)), comment: "" };
}

/** OpenSSL takes numbers of a damaged key as they are. */
function signsAsItSays(key: KeyObject): boolean {
  const data = Buffer.alloc(1);
  const hash = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  return verify(
    hash,
    data,
    createPublicKey(key),
    orMalformed(() => sign(hash, data, key)),
  );
}

/** Whatever else is wrong with a file, it is no key. */
function orMalformed<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (cause) {
    if (cause instanceof KeyProblemError) throw cause;
    throw new KeyProblemError("malformed", MALFORMED, { cause });
  }
}

/** Why a file cannot be used as a private key: it needs a passphrase, holds a public key, holds one of a kind that we
 * cannot sign with, or holds nothing that is known as a key. */
export type KeyProblem = "encrypted" | "public" | "unsupported" | "malformed";

/** A key that cannot be used. The message says what of it, as a clause, and has nothing of the key. */
export class KeyProblemError extends Error {
  override readonly name = "KeyProblemError";
  readonly problem: KeyProblem;

  constructor(problem: KeyProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}

/** The longest name of a kind of key that is told. */
const KIND_MAX_LENGTH = 64;

export function unsupportedKey(kind: string): KeyProblemError {
  const message = `keys of the kind ${kind.slice(0, KIND_MAX_LENGTH)} are not supported`;
  return new KeyProblemError("unsupported", message);
}

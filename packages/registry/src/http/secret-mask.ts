/** Shorter texts are not hidden: they would be found everywhere, and hide nothing that can be guessed. */
const SECRET_MIN_LENGTH = 4;
/** Tokens come and go; the last ones are enough. */
const SECRETS_MAX = 512;

/** The secrets that were sent, so that a registry that repeats one in its answer does not get it into a message. */
export class SecretMask {
  readonly #secrets = new Set<string>();

  add(...secrets: readonly string[]): void {
    for (const secret of secrets.flatMap(spellings)) {
      if (secret.length < SECRET_MIN_LENGTH) continue;
      this.#secrets.delete(secret);
      this.#secrets.add(secret);
    }
    for (const oldest of this.#secrets) {
      if (this.#secrets.size <= SECRETS_MAX) break;
      this.#secrets.delete(oldest);
    }
  }

  /** The text without our secrets, and without what an address holds besides the protocol's own words: signatures, and
   * the state of an upload. */
  hide(text: string, url?: URL): string {
    const signatures = url === undefined ? [] : signaturesOf(url).flatMap(spellings);
    const known = [...this.#secrets, ...signatures].filter(
      (secret) => secret.length >= SECRET_MIN_LENGTH && text.includes(secret),
    );
    // The longest first: one may be a part of another.
    known.sort((a, b) => b.length - a.length);
    return known.reduce((shown, secret) => shown.replaceAll(secret, "***"), text);
  }
}

/** Queries of the distribution specification and of token servers; their values may be told. */
const TOLD_PARAMETERS: ReadonlySet<string> = new Set([
  "account",
  "artifactType",
  "digest",
  "from",
  "last",
  "mount",
  "n",
  "scope",
  "service",
]);

function signaturesOf({ searchParams }: URL): readonly string[] {
  return [...searchParams].filter(([name]) => !TOLD_PARAMETERS.has(name)).map(([, value]) => value);
}

function spellings(secret: string): readonly string[] {
  const base64 = Buffer.from(secret).toString("base64");
  const form = new URLSearchParams([["", secret]]).toString().slice(1);
  return [secret, encodeURIComponent(secret), form, base64, JSON.stringify(secret).slice(1, -1)];
}

/** A token and how long it is good. */
export interface IssuedToken {
  readonly token: string;
  readonly lifetimeMs: number;
  /** What stands for the identity token from now on, when the server gives a new one. */
  readonly identityToken: string | undefined;
}

/** Docker's; also the shortest that counts, since some servers say 0. */
const LIFETIME_DEFAULT_SEC = 60;
/** A day: who promises more is asked again all the same. */
const LIFETIME_MAX_SEC = 86_400;
/** What may stand in a header. */
const TOKEN_FORM = /^[\x21-\x7e]+$/;

/** Reads a token server's answer; undefined when it holds no token.
 * @see https://distribution.github.io/distribution/spec/auth/token/#token-response-fields */
export function parseIssuedToken(text: string): IssuedToken | undefined {
  const document = parseObject(text);
  const token = [document["token"], document["access_token"]].find(isToken);
  if (token === undefined) return undefined;
  const { expires_in: seconds, refresh_token: identityToken } = document;
  const lifetimeSec =
    typeof seconds === "number" && Number.isFinite(seconds) ? seconds : LIFETIME_DEFAULT_SEC;
  return {
    token,
    lifetimeMs: Math.min(Math.max(lifetimeSec, LIFETIME_DEFAULT_SEC), LIFETIME_MAX_SEC) * 1000,
    identityToken: isToken(identityToken) ? identityToken : undefined,
  };
}

function isToken(value: unknown): value is string {
  return typeof value === "string" && TOKEN_FORM.test(value);
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {};
  }
}

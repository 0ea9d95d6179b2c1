import type { Clock } from "../http/clock.js";
import type { IssuedToken } from "./issued-token.js";
import { covers, formatScopes, type ScopeSet } from "./scope-set.js";

const TOKENS_MAX = 256;
/** A token is not used in the last part of its time, since a request takes some. */
const MARGIN_PART = 6;
const MARGIN_MAX_MS = 30_000;

interface Entry {
  readonly owner: string;
  readonly scopes: ScopeSet;
  readonly token: Promise<string>;
  /** Undefined while it is asked for. */
  expiresAtMs: number | undefined;
}

/** The tokens of one registry. `owner` tells apart whom they are for. */
export class TokenCache {
  readonly #clock: Clock;
  #entries: readonly Entry[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A token for the scopes: one that is there and allows them, or a new one. Who asks for what is being asked for
   * waits for that. */
  async find(owner: string, scopes: ScopeSet, ask: () => Promise<IssuedToken>): Promise<string> {
    this.#entries = this.#entries.filter((entry) => !this.#isExpired(entry)).slice(-TOKENS_MAX);
    const known = this.#entries.find((entry) => entry.owner === owner && serves(entry, scopes));
    if (known !== undefined) return known.token;
    const asked = ask();
    const entry: Entry = {
      owner,
      scopes,
      token: asked.then(({ token }) => token),
      expiresAtMs: undefined,
    };
    this.#entries = [...this.#entries, entry];
    try {
      // Both, since nobody else may be waiting for the second when they fail.
      const [{ lifetimeMs }, token] = await Promise.all([asked, entry.token]);
      entry.expiresAtMs = this.#clock.now() + lifetimeMs - Math.min(lifetimeMs / MARGIN_PART, MARGIN_MAX_MS);
      return token;
    } catch (error) {
      this.#entries = this.#entries.filter((other) => other !== entry);
      throw error;
    }
  }

  /** Gives up a token that the registry does not accept. */
  async forget(token: string): Promise<void> {
    const settled = this.#entries.filter(({ expiresAtMs }) => expiresAtMs !== undefined);
    const tokens = await Promise.all(settled.map(async (entry) => ({ entry, token: await entry.token })));
    const refused = new Set(tokens.filter((one) => one.token === token).map(({ entry }) => entry));
    this.#entries = this.#entries.filter((entry) => !refused.has(entry));
  }

  #isExpired({ expiresAtMs }: Entry): boolean {
    return expiresAtMs !== undefined && expiresAtMs <= this.#clock.now();
  }
}

/** What is still being asked for serves only those who want the same: it may fail. */
function serves({ scopes, expiresAtMs }: Entry, wanted: ScopeSet): boolean {
  if (expiresAtMs === undefined) return formatScopes(scopes).join(" ") === formatScopes(wanted).join(" ");
  return covers(scopes, wanted) && (wanted.size > 0 || scopes.size === 0);
}

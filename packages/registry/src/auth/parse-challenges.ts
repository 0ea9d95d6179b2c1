/** One way of logging in that a server offers. */
export interface Challenge {
  /** In lower case: `basic`, `bearer`. */
  readonly scheme: string;
  /** Names in lower case; of one given twice, the first. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Far more than servers offer. */
const CHALLENGES_MAX = 16;

const TOKEN = "[!#$%&'*+.^_`|~\\dA-Za-z-]+";
const PARAMETER = new RegExp(`(${TOKEN})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s",]+))`, "y");
const SCHEME = new RegExp(`(${TOKEN})(?=[ \\t,]|$)`, "y");
const BLANKS = /[ \t]*/y;
const GAP = /[ \t,]*/y;
/** A scheme's other form, as `Negotiate abc==` has it. */
const TOKEN68 = /[\w.~+/-]+=*(?=[ \t]*(?:,|$))/y;

/** The challenges of a `WWW-Authenticate` header, or of several joined by commas, in their order. What is malformed ends
 * the reading; what stood before it counts.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: Challenge[] = [];
  const reader = new HeaderReader(header);
  while (challenges.length < CHALLENGES_MAX) {
    reader.take(GAP);
    const [, scheme] = reader.take(SCHEME) ?? [];
    if (scheme === undefined) break;
    challenges.push({ scheme: scheme.toLowerCase(), parameters: readParameters(reader) });
  }
  return challenges;
}

function readParameters(reader: HeaderReader): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  reader.take(BLANKS);
  if (reader.take(TOKEN68) !== undefined) return parameters;
  for (;;) {
    reader.take(GAP);
    const [, name = "", quoted, plain = ""] = reader.take(PARAMETER) ?? [];
    if (name === "") return parameters;
    const value = quoted === undefined ? plain : quoted.replace(/\\(.)/g, "$1");
    if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), value);
  }
}

/** A text and how far it was read. */
class HeaderReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found !== undefined) this.#at += found[0].length;
    return found;
  }
}

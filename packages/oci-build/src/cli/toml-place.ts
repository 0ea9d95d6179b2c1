/** A place in a text, 1-based. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

const PART = String.raw`(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)`;
const KEY = String.raw`${PART}(?:[ \t]*\.[ \t]*${PART})*`;
const HEADER = new RegExp(String.raw`^([ \t]*\[\[?[ \t]*)(${KEY})[ \t]*\]`);
const ASSIGNMENT = new RegExp(String.raw`^([ \t]*)(${KEY})[ \t]*=`);
const TRIPLE_QUOTE = /"""|'''/g;

/** Where a key of a TOML text stands; `keys` leads to it through tables. Of a key that is written in a way not seen
 * here, as inside an inline table, the place of its nearest table; else the first line. */
export function findTomlKey(text: string, keys: readonly string[]): TextPlace {
  const places = keyPlaces(text);
  for (let depth = keys.length; depth > 0; depth--) {
    const place = places.get(pathName(keys.slice(0, depth)));
    if (place !== undefined) return place;
  }
  return { line: 1, column: 1 };
}

/** The first place of each key and table, by its whole path. */
function keyPlaces(text: string): ReadonlyMap<string, TextPlace> {
  const places = new Map<string, TextPlace>();
  let table: readonly string[] = [];
  let inString = false;
  for (const [index, line] of text.split("\n").entries()) {
    const header = inString ? null : HEADER.exec(line);
    const match = header ?? (inString ? null : ASSIGNMENT.exec(line));
    if (header !== null) table = [];
    if (match !== null) {
      const path = [...table, ...keyParts(match[2] ?? "")];
      const place = { line: index + 1, column: (match[1] ?? "").length + 1 };
      // A table is also begun by a key inside it: `build-arg.A = 1`.
      for (let depth = table.length + 1; depth <= path.length; depth++) {
        const name = pathName(path.slice(0, depth));
        if (!places.has(name)) places.set(name, place);
      }
      if (header !== null) table = path;
    }
    if ((line.match(TRIPLE_QUOTE)?.length ?? 0) % 2 === 1) inString = !inString;
  }
  return places;
}

function keyParts(key: string): string[] {
  return (key.match(new RegExp(PART, "g")) ?? []).map((part) => part.replace(/^(["'])(.*)\1$/s, "$2"));
}

function pathName(keys: readonly string[]): string {
  return JSON.stringify(keys);
}

/** A word of a line, and whether it stood in quotes. */
export interface LineToken {
  readonly text: string;
  readonly isQuoted: boolean;
}

const word = /'((?:[^'\\]|\\.)*)'|(\S+)/gs;
const escapes = /\\(?:x([0-9a-f]{2})|(.))/gs;

/** Splits a line at blanks; words in single quotes may hold blanks and escapes. */
export function readLineTokens(line: string): readonly LineToken[] {
  return Array.from(line.matchAll(word), ([, quoted, plain]) =>
    quoted === undefined
      ? { text: plain ?? "", isQuoted: false }
      : { text: unescaped(quoted), isQuoted: true },
  );
}

function unescaped(text: string): string {
  return text.replace(escapes, (_, hex: string | undefined, letter: string) => {
    if (hex !== undefined) return String.fromCharCode(0xdc00 + Number.parseInt(hex, 16));
    return letter === "n" ? "\n" : letter;
  });
}

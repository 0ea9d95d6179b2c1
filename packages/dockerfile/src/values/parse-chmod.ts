import { quoted } from "../diagnostics/quoted.js";
/** Who a clause of a symbolic mode is for; a clause that names nobody is for all. */
export interface ChmodWho {
  readonly user: boolean;
  readonly group: boolean;
  readonly other: boolean;
}

/** One operation of a symbolic mode, such as `go=rX` or `u+s`. `bits` are permissions of one class (rwx, 0 to 7). */
export interface ChmodOperation {
  readonly who: ChmodWho;
  readonly operator: "+" | "-" | "=";
  readonly bits: number;
  /** `X`: execution for directories, and for files that somebody may execute already. */
  readonly conditionalExecute: boolean;
  readonly setId: boolean;
  readonly sticky: boolean;
  /** `g=u`: the permissions of another class, as they are when the operation's turn comes. */
  readonly copyFrom?: "user" | "group" | "other" | undefined;
}

/** A parsed `--chmod`. */
export type Chmod =
  | { readonly ok: true; readonly kind: "octal"; readonly mode: number }
  | { readonly ok: true; readonly kind: "symbolic"; readonly operations: readonly ChmodOperation[] };

/** What is wrong with a `--chmod`. */
export interface ChmodError {
  readonly ok: false;
  readonly message: string;
}

/** Reads a mode as chmod(1) does: octal up to 07777, or symbolic such as `u=rwX,go=rX`. There is no umask.
 * @see https://docs.docker.com/reference/dockerfile/#copy---chown---chmod */
export function parseChmod(text: string): Chmod | ChmodError {
  const error: ChmodError = { ok: false, message: `${quoted(text)} is no file mode` };
  if (/^\d/.test(text)) {
    const isOctal = /^0*[0-7]{1,4}$/.test(text);
    return isOctal ? { ok: true, kind: "octal", mode: Number.parseInt(text, 8) } : error;
  }
  const operations: ChmodOperation[] = [];
  for (const clause of text.split(",")) {
    const parsed = parseClause(clause);
    if (parsed === undefined) return error;
    operations.push(...parsed);
  }
  return { ok: true, kind: "symbolic", operations };
}

function parseClause(clause: string): readonly ChmodOperation[] | undefined {
  const match = /^([augo]*)((?:[+\-=][rwxXstugo]*)+)$/.exec(clause);
  if (match === null) return undefined;
  const [, names = "", actions = ""] = match;
  const isForAll = names === "" || names.includes("a");
  const who = {
    user: isForAll || names.includes("u"),
    group: isForAll || names.includes("g"),
    other: isForAll || names.includes("o"),
  };
  return (actions.match(/[+\-=][^+\-=]*/g) ?? []).flatMap((action) => parseAction(who, action));
}

/** One operation for the letters, and one for each class that is copied: `g=u` clears, then adds. */
function parseAction(who: ChmodWho, action: string): readonly ChmodOperation[] {
  const operator = action.startsWith("=") ? "=" : action.startsWith("+") ? "+" : "-";
  const letters = action.slice(1);
  const isOthersOnly = !who.user && !who.group;
  const plain: ChmodOperation = {
    who,
    operator,
    bits: bit(letters, "r", 4) | bit(letters, "w", 2) | bit(letters, "x", 1) | removedX(letters, operator),
    conditionalExecute: letters.includes("X") && operator !== "-",
    setId: letters.includes("s") && !isOthersOnly,
    sticky: letters.includes("t") && !isOthersOnly,
  };
  const copies = [...letters].flatMap((letter): readonly ChmodOperation[] => {
    const copyFrom = classes.get(letter);
    const empty = { bits: 0, conditionalExecute: false, setId: false, sticky: false };
    return copyFrom === undefined ? [] : [{ ...plain, ...empty, copyFrom }];
  });
  const hasLetters = /[rwxXst]/.test(letters) || copies.length === 0;
  return hasLetters ? [plain, ...copies] : copies;
}

const classes: ReadonlyMap<string, "user" | "group" | "other"> = new Map([
  ["u", "user"],
  ["g", "group"],
  ["o", "other"],
]);

function bit(letters: string, letter: string, value: number): number {
  return letters.includes(letter) ? value : 0;
}

/** Taking `X` away is taking `x` away. */
function removedX(letters: string, operator: string): number {
  return operator === "-" ? bit(letters, "X", 1) : 0;
}

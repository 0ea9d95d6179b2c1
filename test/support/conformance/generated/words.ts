import fc, { type Arbitrary } from "fast-check";

/** Stands for the file's escape character until the file has one. */
export const ESCAPE = "␛";

/** Few names, so that uses meet definitions; `u` is only used, never defined. */
const NAMES = ["a", "b", "c", "V1"] as const;

/** The name of a variable that an instruction sets. */
export const variableName: Arbitrary<string> = fc.constantFrom(...NAMES);

/** The name of a variable that a word uses, set or not. */
const usedName: Arbitrary<string> = fc.constantFrom(...NAMES, ...NAMES, "u", "PATH");

const plain: Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("1", "ab", "x", "80", "d", "a.b", "v-1", "/p/q", "_", "22") },
  { weight: 1, arbitrary: fc.constantFrom("é", "日本", "=", "-", "~", "@", "%", "+", ",", ":", ".", "😀") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("#", "*", "?", "[", "]", "{", "}", "(", "|", "&", ";", "!", "^", ">"),
  },
);

const escaped: Arbitrary<string> = fc
  .constantFrom("$", '"', "'", " ", "n", ESCAPE, "/", "}")
  .map((character) => `${ESCAPE}${character}`);

/** What buildah 1.28 does not know; rare, since a file with one of these says little else. */
const bareOperator = fc.constantFrom(
  ":?",
  "-",
  "+",
  "?",
  "#",
  "##",
  "%",
  "%%",
  "/a/",
  "//a/",
  "/*/",
  "#*",
  "%*",
);

/** A word as ENV, LABEL and their like take it: text, quotes, escapes and variables, without bare white space. */
export const word: Arbitrary<string> = pieces(2);

/** A word that is not empty. */
export const filledWord: Arbitrary<string> = word.filter((text) => text !== "");

/** A word whose value is most likely a path's name. */
export const pathWord: Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("w", "x", "d1", "a-b", "v.2") },
  { weight: 2, arbitrary: variable(0) },
  { weight: 1, arbitrary: fc.constantFrom(".", "..", '"q r"', "'s'", `${ESCAPE} `, "") },
);

/** As `pathWord`, for instructions that are split at blanks, even quoted ones. */
export const plainPathWord: Arbitrary<string> = pathWord.filter((text) => !/\s/.test(text));

/** `$name` or `${…}` with any operator; words inside operators nest to the given depth. */
export function variable(depth: number): Arbitrary<string> {
  const inner = pieces(depth - 1);
  const operator = fc.constantFrom(":-", ":+");
  return fc.oneof(
    { weight: 20, arbitrary: usedName.map((name) => `$${name}`) },
    { weight: 20, arbitrary: usedName.map((name) => `\${${name}}`) },
    { weight: 20, arbitrary: fc.tuple(usedName, operator, inner).map((parts) => `\${${parts.join("")}}`) },
    { weight: 1, arbitrary: fc.tuple(usedName, bareOperator, inner).map((parts) => `\${${parts.join("")}}`) },
    { weight: 1, arbitrary: fc.constantFrom("$", "$$", "$1", "$?", "${1}", "$-", "$é") },
  );
}

/** A few pieces of a word, one after the other. */
function pieces(depth: number): Arbitrary<string> {
  if (depth < 0) return fc.constantFrom("", "1", "z", "y z");
  const quoted = fc
    .array(fc.oneof(plain, fc.constantFrom(" ", "  ", "'"), variable(depth - 1), escaped), { maxLength: 3 })
    .map((parts) => `"${parts.join("")}"`);
  const literal = fc
    .array(fc.oneof(plain, fc.constantFrom(" ", '"', "$a", "${b}", ESCAPE)), { maxLength: 3 })
    .map((parts) => `'${parts.join("")}'`);
  const piece = fc.oneof(
    { weight: 6, arbitrary: plain },
    { weight: 4, arbitrary: variable(depth) },
    { weight: 2, arbitrary: quoted },
    { weight: 1, arbitrary: literal },
    { weight: 1, arbitrary: escaped },
  );
  return fc.array(piece, { maxLength: 3 }).map((parts) => parts.join(""));
}

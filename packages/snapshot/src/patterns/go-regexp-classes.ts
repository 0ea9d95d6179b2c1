/** The Perl classes of Go's `regexp`, as contents of a JavaScript class. They are ASCII, unlike JavaScript's `\s`. */
export const perlClasses: Readonly<Record<string, string>> = {
  d: "0-9",
  s: "\\t\\n\\f\\r ",
  w: "0-9A-Za-z_",
};

/** The POSIX classes of Go's `regexp` by name (`[:alpha:]`), as contents of a JavaScript class.
 * @see https://pkg.go.dev/regexp/syntax@go1.23.0 */
export const posixClasses: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\0-\\x7f",
  blank: "\\t ",
  cntrl: "\\0-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/** The one-letter categories that `\p` takes. */
export const unicodeCategories = "CLMNPSZ";

/** The control characters that `\a` and its like stand for. */
export const controlEscapes: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

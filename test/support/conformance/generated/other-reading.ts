import type { KnownDifference } from "./known-differences.js";

/** Files that the builders take apart into different instructions, so that everything may differ. */
export const otherReading: readonly KnownDifference[] = [
  {
    name: "for BuildKit a line that ends in two escape characters does not go on",
    shownBy: "parser/parser.go, setEscapeToken: lineContinuation",
    example: "FROM scratch\nENV a=1\\\\\nENV b=2\n",
    explains: (_, { text, escape: mark }) =>
      text.split(/\r?\n/).some((line) => line.trimEnd().endsWith(mark + mark)),
  },
  {
    name: "BuildKit reads the whole file before it runs anything, buildah stops at the first step that fails",
    shownBy: "dockerfile2llb/convert.go, toDispatchState",
    example: "FROM scratch\nCOPY none /\nUSER\n",
    explains: (found) =>
      found.kind === "other reason" &&
      /no such file or directory|creating build container|can not be an empty string/.test(found.buildah),
  },
];

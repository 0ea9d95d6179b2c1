import type { ConformanceCase } from "./conformance-case.js";

const context = [
  "dir a",
  "dir a/b",
  "file a/b/one.txt 0644 '1'",
  "file a/b/two.md 0644 '2'",
  "file a/three.txt 0644 '3'",
  "dir node_modules",
  "file node_modules/x.js 0644 'x'",
  "dir a/node_modules",
  "file a/node_modules/y.js 0644 'y'",
  "file top.txt 0644 't'",
  "file keep.md 0644 'k'",
  "file '#hash' 0644 '#'",
  "file a+b 0644 '+'",
  "file aab 0644 'aab'",
];
const all = ["FROM scratch", "COPY . /n/"];
const ignoring = (name: string, ...ignore: readonly string[]) => ({
  name: `.dockerignore: ${name}`,
  context,
  dockerfile: all,
  ignore,
});

/** `.dockerignore`. */
export const ignoreCases: readonly ConformanceCase[] = [
  ignoring("a file", "top.txt"),
  ignoring("a directory", "a"),
  ignoring("a directory with a slash", "a/"),
  ignoring("a leading slash", "/node_modules"),
  ignoring("only at the root", "node_modules"),
  ignoring("at any depth", "**/node_modules"),
  ignoring("a wildcard at the root", "*.txt"),
  ignoring("a wildcard one level down", "*/*.txt"),
  ignoring("a wildcard at any depth", "**/*.txt"),
  ignoring("a double star at the end", "a/**"),
  ignoring("a double star in the middle", "a/**/*.md"),
  ignoring("everything", "*"),
  ignoring("everything but a file", "*", "!top.txt"),
  ignoring("everything but a file in a directory", "*", "!a/b/one.txt"),
  ignoring("everything but a directory", "*", "!a"),
  ignoring("the last rule counts", "!a/b/one.txt", "a"),
  ignoring("a rule, an exception, a rule", "a", "!a/b", "a/b/two.md"),
  ignoring("an exception with a wildcard", "*", "!**/*.md"),
  ignoring("comments and blanks", "# top.txt", "", "  keep.md  "),
  ignoring("a hash behind blanks", " #hash"),
  ignoring("a class", "[ak]*"),
  ignoring("a question mark", "???.txt"),
  ignoring("dots in a rule", "./a/../top.txt"),
  ignoring("a plus", "a+b"),
  ignoring("an exception with a blank", "*", "! top.txt"),
  ignoring("itself", ".dockerignore"),
  {
    ...ignoring("a source that is left out", "top.txt"),
    dockerfile: ["FROM scratch", "COPY top.txt /"],
    code: "COPY_SOURCE_MISSING",
  },
  {
    ...ignoring("a wildcard that finds only what is left out", "*.txt"),
    dockerfile: ["FROM scratch", "COPY keep.md *.txt /n/"],
  },
  {
    ...ignoring("nothing of stages", "top.txt"),
    dockerfile: ["FROM scratch AS s", "COPY keep.md /top.txt", "FROM scratch", "COPY --from=s /top.txt /"],
  },
];

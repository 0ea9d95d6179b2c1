import { readFileSync } from "node:fs";
import { join } from "node:path";
import glob from "fast-glob";

/** A fenced code block of a Markdown file. `line` is that of its first line of code, 1-based. */
export interface CodeBlock {
  readonly file: string;
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

const documents = ["*.md", "docs/**/*.md", "packages/*/*.md", "examples/*/*.md", "bench/**/*.md", ".ci/*.md"];

/** The fenced code blocks of all documents, by file and line; files relative to the root of the repository. */
export function documentedBlocks(root: string): readonly CodeBlock[] {
  const files = glob.sync(documents, { cwd: root, dot: true, ignore: ["**/node_modules/**"] });
  return files.sort().flatMap((file) => blocksOf(file, readFileSync(join(root, file), "utf8")));
}

function blocksOf(file: string, text: string): readonly CodeBlock[] {
  const fences = text.matchAll(/^```(?<language>\S*)[^\n]*\n(?<code>.*?)^```$/gms);
  return [...fences].map(({ index, groups }) => ({
    file,
    line: text.slice(0, index).split("\n").length + 1,
    language: groups?.["language"] ?? "",
    code: groups?.["code"] ?? "",
  }));
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const folder = join(import.meta.dirname, "..");
const names = ["src", "test"]
  .flatMap((name) =>
    readdirSync(join(folder, name), { recursive: true, encoding: "utf8" }).map((file) => join(name, file)),
  )
  .filter((name) => name.endsWith(".ts"));
const isTest = (name: string) => name.endsWith(".test.ts");
const read = (name: string) => readFileSync(join(folder, name), "utf8");

/** What a comment says after its mark, up to the first stop, on one line. */
function differences(source: string): readonly string[] {
  const comments = source.replace(/\n[\t ]*(?:\*|\/\/)(?!\/) ?/g, " ");
  return [...comments.matchAll(/Differs: (.+?)(?=[.,;:](?: |$)| \*\/|\n|$)/gm)].map(
    ([, words = ""]) => words,
  );
}

describe("differences from BuildKit", () => {
  const tests = names.filter(isTest).map(read).join("\n").replaceAll("\\`", "`");
  const found = names
    .filter((name) => !isTest(name))
    .flatMap((name) => differences(read(name)).map((words) => ({ name, words })));

  it("are told in comments that begin with the mark", () => {
    expect(found.length).toBeGreaterThanOrEqual(10);
  });

  it.each(found)("have a test with the same words: $words ($name)", ({ words }) => {
    expect(tests.includes(`Differs: ${words}`)).toBe(true);
  });
});

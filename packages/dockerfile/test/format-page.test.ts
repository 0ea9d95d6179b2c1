import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { format } from "../src/index.js";

const page = readFileSync(new URL("../../../docs/format.md", import.meta.url), "utf8");

function blocks(name: "before" | "after"): readonly string[] {
  return [...page.matchAll(/^```dockerfile (\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, kind, text]) =>
    kind === name && text !== undefined ? [text] : [],
  );
}

const before = blocks("before");
const examples = blocks("after").map((after, index) => [before[index] ?? "", after] as const);

describe("docs/format.md", () => {
  it("has an example for each section", () => {
    expect(before).toHaveLength(examples.length);
    expect(examples.length).toBeGreaterThanOrEqual(8);
  });

  it.each(examples)("formats %j as it says", (text, expected) => {
    expect(format(text)).toBe(expected);
    expect(format(expected)).toBe(expected);
  });
});

import { describe, expect, it } from "vitest";
import { nastyInputs } from "../../../bench/parse/nasty-inputs.mjs";
import { checkDockerfile, type DockerfileAst, format, parseDockerfile, print } from "../src/index.js";

const size = 60_000;

function countParts({ children }: DockerfileAst): number {
  return children.reduce((sum, node) => sum + (node.kind === "instruction" ? node.parts.length : 1), 0);
}

describe("inputs that make careless parsers slow or overflow", () => {
  it.each(nastyInputs(size))("are read, checked and formatted without throwing: %s", (_name, text) => {
    const parsed = parseDockerfile(text);
    expect(print(parsed.ast)).toBe(text);
    checkDockerfile(parsed);
    format(text);
  });

  it("may have more pieces than one call takes arguments", () => {
    const text = `FROM a\nCOPY ${"<<E ".repeat(130_000)}/d\n${"E\n".repeat(130_000)}`;
    expect(parseDockerfile(text).diagnostics.map(({ rule }) => rule)).toEqual(["DOCKERFILE_LINE_TOO_LONG"]);
  });

  it("give a tree that grows no faster than the text", () => {
    const small = nastyInputs(20_000);
    const large = new Map(nastyInputs(80_000));
    for (const [name, text] of small) {
      const growth =
        countParts(parseDockerfile(large.get(name) ?? "").ast) / countParts(parseDockerfile(text).ast);
      expect(growth, name).toBeLessThanOrEqual(4.1);
    }
  });
});

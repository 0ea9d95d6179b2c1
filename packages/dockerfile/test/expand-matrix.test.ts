import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ExpandOptions, expandWord, expandWords } from "../src/index.js";

interface Case {
  readonly line: string;
  readonly mode: string;
  readonly text: string;
  readonly result: string;
}

const { env, cases } = readMatrix(join(import.meta.dirname, "fixtures", "expand.txt"));

describe("expandWord and expandWords", () => {
  it("are held to at least 250 cases", () => {
    expect(cases.length).toBeGreaterThanOrEqual(250);
  });

  it.each(cases)("$line", ({ mode, text, result }) => {
    const expanded = mode.startsWith("W")
      ? expandWords(text, env, optionsOf(mode))
      : expandWord(text, env, optionsOf(mode));
    if (result.startsWith("!")) {
      const [, rule = "", message] = /^!(\w+)(?: (.*))?$/.exec(result) ?? [];
      expect(expanded).toMatchObject({ ok: false, rule: `DOCKERFILE_${rule}` });
      if (message !== undefined) expect(expanded).toMatchObject({ message });
    } else if (mode.startsWith("W")) expect(expanded).toMatchObject({ ok: true, words: JSON.parse(result) });
    else expect(expanded).toMatchObject({ ok: true, value: decode(result) });
  });
});

function readMatrix(file: string): { env: ReadonlyMap<string, string>; cases: readonly Case[] } {
  const variables = new Map<string, string>();
  const found: Case[] = [];
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const variable = /^env ([^=]+)=(.*)$/.exec(line);
    if (variable !== null) variables.set(variable[1] ?? "", decode(variable[2] ?? ""));
    else if (/^[wW][a-z]* \| /.test(line)) {
      const [mode = "", text = "", result = ""] = line.split(" | ");
      found.push({ line, mode, text: decode(text), result });
    } else if (line !== "" && !line.startsWith("#")) throw new Error(`not a case: ${line}`);
  }
  return { env: variables, cases: found };
}

function decode(field: string): string {
  return field.startsWith("json:") ? (JSON.parse(field.slice("json:".length)) as string) : field;
}

function optionsOf(mode: string): ExpandOptions {
  return {
    escape: mode.includes("b") ? "`" : "\\",
    quotes: mode.includes("k") ? "keep" : mode.includes("l") ? "literal" : "remove",
    escapes: mode.includes("e") ? "keep" : "remove",
    unset: mode.includes("u") ? "keep" : "empty",
  };
}

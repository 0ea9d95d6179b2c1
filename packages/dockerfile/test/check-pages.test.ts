import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type CheckOptions,
  checkDockerfile,
  checkRules,
  parseDockerfile,
  renderDiagnostic,
} from "../src/index.js";

const root = join(import.meta.dirname, "..", "..", "..");

/** The sections of a page, and in each the fenced blocks by language. */
function readSections(page: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = page.split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => {
      const blocks = [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
      const title = section.slice(0, section.indexOf("\n"));
      return [title, new Map(blocks.map(([, language = "", text = ""]) => [language, text]))];
    }),
  );
}

/** The facts that the pages suppose: an image whose name ends in arm64 is for that platform, and `*.log` is ignored. */
function optionsOf(blocks: ReadonlyMap<string, string>): CheckOptions {
  const ignore = blocks.get("dockerignore");
  const pattern = { pattern: "*.log", line: 1 };
  return {
    baseImage: (image) => (image.endsWith(":arm64") ? { platform: "linux/arm64" } : undefined),
    ...(ignore === undefined ? {} : { ignoreFile: { name: ".dockerignore", text: ignore } }),
    isIgnored: (path) =>
      ignore?.startsWith("*.log") === true && path.endsWith(".log") ? pattern : undefined,
  };
}

function check(blocks: ReadonlyMap<string, string> | undefined) {
  const text = blocks?.get("dockerfile") ?? "";
  const { diagnostics } = checkDockerfile(parseDockerfile(text), optionsOf(blocks ?? new Map()));
  const sourceOf = (file: string | undefined) =>
    file === undefined ? text : (blocks?.get("dockerignore") ?? "");
  return { diagnostics, sourceOf };
}

describe("the pages of the checks", () => {
  it("are one for each rule", () => {
    const pages = readdirSync(join(root, "docs", "checks")).sort();
    expect(pages).toEqual(checkRules.map(({ docs }) => docs.replace("docs/checks/", "")).sort());
  });

  it.each(checkRules)(
    "$name: the bad example breaks this rule alone, the good one none",
    ({ name, docs, description }) => {
      const page = readFileSync(join(root, docs), "utf8");
      const sections = readSections(page);
      const bad = check(sections.get("Bad"));
      expect([...new Set(bad.diagnostics.map(({ rule }) => rule))]).toEqual([name]);
      expect(check(sections.get("Good")).diagnostics).toEqual([]);
      const output = bad.diagnostics.map((diagnostic) =>
        renderDiagnostic(diagnostic, bad.sourceOf(diagnostic.file), {
          file: diagnostic.file ?? "Dockerfile",
        }),
      );
      expect(sections.get("Output")?.get("text")).toBe(`${output.join("\n")}\n`);
      expect(page.startsWith(`# ${name}\n\n${description}. `)).toBe(true);
    },
  );

  it.each(checkRules)("$name: the page tells of a fix if and only if there is one", ({ docs }) => {
    const page = readFileSync(join(root, docs), "utf8");
    const hasFix = check(readSections(page).get("Bad")).diagnostics.some(({ fixes }) => fixes !== undefined);
    expect(/^The fix /m.test(page)).toBe(hasFix);
  });
});

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { applyFixes, checkDockerfile, parseDockerfile } from "../src/index.js";
import { formatDiagnostics } from "./support/compact-json.js";
import { expectGolden } from "./support/golden.js";

const folder = join(import.meta.dirname, "fixtures", "checks");

describe("checkDockerfile on the golden Dockerfiles", () => {
  it.each(readdirSync(folder).sort())("%s", (name) => {
    const text = readFileSync(join(folder, name, "Dockerfile"), "utf8");
    const ignorePath = join(folder, name, "dockerignore");
    const ignoreText = existsSync(ignorePath) ? readFileSync(ignorePath, "utf8") : undefined;
    const ignoreFile = ignoreText === undefined ? undefined : { name: ".dockerignore", text: ignoreText };
    const lines = ignoreText?.split("\n") ?? [];
    const isIgnored = (path: string) =>
      lines.includes(path) ? { pattern: path, line: lines.indexOf(path) + 1 } : undefined;
    const targetPlatform = name.startsWith("windows") ? "windows/amd64" : undefined;
    const { diagnostics, failed } = checkDockerfile(parseDockerfile(text), {
      ignoreFile,
      isIgnored,
      targetPlatform,
    });
    expectGolden(
      join(folder, name, "diagnostics.txt"),
      `${formatDiagnostics(diagnostics)}failed: ${String(failed)}\n`,
    );
    expectGolden(join(folder, name, "fixed"), applyFixes(text, diagnostics).text);
    expect(diagnostics.map(({ severity }) => severity)).not.toContain("error");
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDockerfile, print } from "../src/index.js";
import { formatAst, formatDiagnostics, formatStages } from "./support/compact-json.js";
import { expectGolden } from "./support/golden.js";

const folder = join(import.meta.dirname, "fixtures", "parse");

describe("parseDockerfile on the golden Dockerfiles", () => {
  it.each(readdirSync(folder).sort())("%s", (name) => {
    const text = readFileSync(join(folder, name, "Dockerfile"), "utf8");
    const { ast, stages, diagnostics } = parseDockerfile(text);
    expect(print(ast)).toBe(text);
    expectGolden(join(folder, name, "ast.json"), formatAst(ast));
    expectGolden(join(folder, name, "stages.json"), formatStages(stages));
    expectGolden(join(folder, name, "diagnostics.txt"), formatDiagnostics(diagnostics));
  });
});

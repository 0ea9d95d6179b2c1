import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { type CommandOptions, type CommandResult, runOciBuild } from "./support/run-command.js";

const base = temporaryFolder();
let count = 0;
let folder: string;

const untidy = "FROM node:20 as Build\ncopy . /app\nRUN npm ci\n";
const tidy = "FROM scratch\nCOPY a /\n";

beforeEach(() => {
  count += 1;
  folder = path.join(base, String(count));
  writeFiles(folder, { Dockerfile: untidy });
});

function run(args: readonly string[], options: Partial<CommandOptions> = {}): Promise<CommandResult> {
  return runOciBuild(args, { cwd: folder, ...options });
}

function read(name: string): string {
  return fs.readFileSync(path.join(folder, name), "utf8");
}

describe("oci-build check", () => {
  it("shows what it finds on standard output, and exits with 1", async () => {
    const { exitCode, stdout, stderr } = await run(["check"]);
    expect([exitCode, stderr]).toEqual([1, ""]);
    expect(stdout).toContain("Dockerfile:1:14: warning:");
    expect(stdout.match(/\[\w+\]$/gm)).toEqual([
      "[FromAsCasing]",
      "[StageNameCasing]",
      "[ConsistentInstructionCasing]",
      "[CopyBeforeInstall]",
    ]);
  });

  it("says nothing about a good file, and exits with 0", async () => {
    writeFiles(folder, { Dockerfile: tidy });
    expect(await run(["check"])).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });

  it("mends what it can, shows the rest, and mends nothing the second time", async () => {
    const first = await run(["check", "--fix"]);
    expect(first.stdout.match(/\[\w+\]$/gm)).toEqual(["[CopyBeforeInstall]"]);
    expect(read("Dockerfile")).toBe("FROM node:20 AS build\nCOPY . /app\nRUN npm ci\n");
    expect((await run(["check", "--fix"])).stdout).toBe(first.stdout);
  });

  it("knows the ignore file beside the Dockerfile, and mends it too", async () => {
    writeFiles(folder, {
      Dockerfile: "FROM scratch\nCOPY a.log /\n",
      ".dockerignore": "*.log\nnode_modules\n",
    });
    const { stdout } = await run(["check"]);
    expect(stdout).toContain("[CopyIgnoredFile]");
    expect(stdout).toContain(".dockerignore:2:1: warning:");
    await run(["check", "--fix"]);
    expect(read(".dockerignore")).toBe("*.log\n**/node_modules\n");
  });

  it("asks nobody for images, unless it is to, and then goes by those of the local store", async () => {
    const env = { OCI_BUILD_CACHE_DIR: path.join(folder, "cache") };
    writeFiles(folder, {
      "arm/Dockerfile": "FROM scratch\nENV A=1\n",
      Dockerfile: "FROM localhost:1/unknown:1\nFROM tools:1 AS tools\nCOPY . /\n",
    });
    const name = "type=image,name=tools:1";
    expect((await run(["-q", "-o", name, "--platform", "linux/arm64", "arm"], { env })).exitCode).toBe(0);
    expect(await run(["check"], { env })).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    const looking = ["check", "--images", "store", "--platform"];
    expect(await run([...looking, "linux/arm64"], { env })).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    const found = await run([...looking, "linux/amd64"], { env });
    expect(found).toMatchObject({ exitCode: 1, stderr: "" });
    expect(found.stdout).toContain(
      "Dockerfile:2:6: warning: the image tools:1 is for linux/arm64, expected linux/amd64 [InvalidBaseImagePlatform]",
    );
  });

  it("refuses a lock file that it cannot read before it begins, and leaves nothing in the cache", async () => {
    writeFiles(folder, { Dockerfile: "FROM tools:1\n", "Dockerfile.lock": "<<<<<<< ours\n" });
    const env = { OCI_BUILD_CACHE_DIR: path.join(folder, "cache") };
    const { exitCode, stderr } = await run(["check", "--images", "store"], { env });
    expect(exitCode, stderr).toBe(1);
    expect(stderr).toContain("Dockerfile.lock:1: a merge conflict is left [LOCK_INVALID]");
    expect(fs.existsSync(path.join(folder, "cache"))).toBe(false);
  });

  it("asks registries as a build does, when it is to", async () => {
    writeFiles(folder, { Dockerfile: "FROM localhost:1/unknown:1\n" });
    const { exitCode, stderr } = await run(["check", "--images", "registry"]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain("Dockerfile:1:6: error: GET http://localhost:1/v2/");
  });

  it("checks files, folders and patterns, each once", async () => {
    writeFiles(folder, { "a/Dockerfile": untidy, "b/c/Dockerfile": untidy, "b/c/other": untidy });
    const { stdout } = await run(["check", "--format=json", "a", "**/Dockerfile", "b/c/other"]);
    const files = (JSON.parse(stdout) as { file: string; failed: boolean; diagnostics: unknown[] }[]).map(
      ({ file }) => file,
    );
    expect(files).toEqual(["a/Dockerfile", "Dockerfile", "b/c/Dockerfile", "b/c/other"]);
  });

  it("writes SARIF with rules, places and fixes", async () => {
    const log = JSON.parse((await run(["check", "--format", "sarif"])).stdout);
    expect(log).toMatchObject({
      version: "2.1.0",
      runs: [{ tool: { driver: { name: "oci-build" } }, columnKind: "utf16CodeUnits" }],
    });
    const [{ tool, results }] = log.runs;
    expect(results[0]).toMatchObject({
      ruleId: "FromAsCasing",
      level: "warning",
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "Dockerfile" },
            region: { startLine: 1, startColumn: 14, endLine: 1, endColumn: 16 },
          },
        },
      ],
      fixes: [{ artifactChanges: [{ replacements: [{ insertedContent: { text: "AS" } }] }] }],
    });
    for (const { ruleId, ruleIndex } of results) {
      expect(tool.driver.rules[ruleIndex]).toMatchObject({
        id: ruleId,
        shortDescription: { text: expect.stringMatching(/ /) },
      });
    }
  });

  it.each([
    [["check", "nowhere"], 1, "BUILD_DOCKERFILE_MISSING"],
    [["check", "--format", "xml"], 2, "Allowed choices are text, json, sarif"],
    [["check", "--fixx"], 2, "(Did you mean --fix?)"],
  ])("refuses %j", async (args, exitCode, told) => {
    const result = await run(args);
    expect([result.exitCode, result.stdout]).toEqual([exitCode, ""]);
    expect(result.stderr).toContain(told);
  });
});

describe("oci-build format", () => {
  const loose = "from   scratch\ncopy  a  /\n\n\n\n";

  it("writes what changes and names it, and changes nothing the second time", async () => {
    writeFiles(folder, { Dockerfile: loose });
    expect(await run(["format"])).toEqual({ exitCode: 0, stdout: "Dockerfile\n", stderr: "" });
    expect(read("Dockerfile")).toBe(tidy);
    expect((await run(["format"])).stdout).toBe("");
  });

  it("only tells with --check", async () => {
    writeFiles(folder, { Dockerfile: loose });
    expect(await run(["format", "--check"])).toEqual({ exitCode: 1, stdout: "Dockerfile\n", stderr: "" });
    expect(read("Dockerfile")).toBe(loose);
  });

  it("formats standard input", async () => {
    expect(await run(["format", "-"], { input: loose })).toEqual({ exitCode: 0, stdout: tidy, stderr: "" });
    expect((await run(["format", "--check", "-"], { input: loose })).exitCode).toBe(1);
  });
});

describe("oci-build parse", () => {
  it("shows stages and instructions with their lines", async () => {
    expect(await run(["parse"])).toEqual({
      exitCode: 0,
      stdout: "1: FROM node:20 as Build\n  2: COPY . /app\n  3: RUN npm ci\n",
      stderr: "",
    });
  });

  it("gives all that is known as JSON", async () => {
    const { stdout } = await run(["parse", "--json", "Dockerfile"]);
    const parsed = JSON.parse(stdout);
    expect(Object.keys(parsed)).toEqual(["ast", "stages", "diagnostics"]);
    expect(parsed.stages.stages[0].from.image.text).toBe("node:20");
  });

  it("shows a broken file as far as it goes, and exits with 1", async () => {
    writeFiles(folder, { Dockerfile: "FROM scratch\nCOPPY a b\n" });
    const { exitCode, stdout, stderr } = await run(["parse"]);
    expect([exitCode, stdout]).toEqual([1, "1: FROM scratch\n"]);
    expect(stderr).toContain("DOCKERFILE_UNKNOWN_INSTRUCTION");
  });
});

describe("oci-build build --call", () => {
  const described = [
    "# VERSION of the program",
    "ARG VERSION=1",
    "# base is what all stand on",
    "FROM scratch AS base",
    "ARG VERSION",
    "FROM base AS app",
    "",
  ].join("\n");

  it("checks instead of building", async () => {
    const checked = await run(["--check", "."]);
    expect([checked.exitCode, checked.stdout]).toEqual([1, expect.stringContaining("[StageNameCasing]")]);
    writeFiles(folder, { Dockerfile: tidy });
    expect(await run(["--call=check", "."])).toEqual({
      exitCode: 0,
      stdout: "Check complete, no warnings found.\n",
      stderr: "",
    });
  });

  it("lists the targets", async () => {
    writeFiles(folder, { Dockerfile: described });
    expect((await run(["--call=targets", "."])).stdout).toBe(
      "TARGET           DESCRIPTION\nbase             is what all stand on\napp (default)\n",
    );
    const json = JSON.parse((await run(["--call=targets,format=json", "."])).stdout);
    expect(json.targets.map(({ name }: { name: string }) => name)).toEqual(["base", "app"]);
  });

  it("outlines what a target takes", async () => {
    writeFiles(folder, { Dockerfile: described });
    expect((await run(["--call=outline", "--build-arg", "VERSION=2", "."])).stdout).toBe(
      "TARGET:    app\n\nBUILD ARG    VALUE    DESCRIPTION\nVERSION      2        of the program\n",
    );
    expect((await run(["--call=outline", "--target", "nowhere", "."])).exitCode).toBe(1);
  });

  it("refuses methods that it does not know", async () => {
    const { exitCode, stderr } = await run(["--call=lint", "."]);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining("Write build, check, outline or targets"),
    ]);
  });
});

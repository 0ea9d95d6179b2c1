import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { openCache } from "@oci-build/cache";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runBuild } from "../run-build.js";
import { runExplain } from "./run-explain.js";
import { runPlan } from "./run-plan.js";

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-report-"));
  const lines = ["FROM scratch", "WORKDIR /app", "COPY package.json ./", "COPY src ./src"];
  write("Dockerfile", `${lines.join("\n")}\n`);
  write("package.json", "{}\n");
  write("src/app.ts", "app\n");
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

function write(name: string, text: string): void {
  const file = path.join(folder, "app", name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Command = typeof runPlan;

/** Runs a command on a terminal of 80 columns without colours. */
async function run(command: Command, ...args: readonly string[]): Promise<Ran> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const streams = {
    stdout: Object.assign(stdout, { columns: 80 }),
    stderr: Object.assign(stderr, { columns: 80 }),
  };
  const process = {
    ...streams,
    stdin: new PassThrough(),
    env: {},
    on: () => undefined,
    off: () => undefined,
  };
  const exitCode = await command(
    [...args, "--cache-dir", path.join(folder, "cache"), path.join(folder, "app")],
    process,
  );
  return { exitCode, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
}

const build: Command = (args, process) => {
  const [cacheFlag = "", cacheDir = "", context = ""] = args.slice(-3);
  expect(cacheFlag).toBe("--cache-dir");
  const output = [`type=oci,dest=${path.join(folder, "out.tar")}`];
  return runBuild(
    context,
    { cacheDir, output, explain: args.includes("--explain"), quiet: args.includes("-q") },
    process,
  );
};

describe("oci-build explain", () => {
  it("says of each step what would hit or miss and why, then what the last build did", async () => {
    await run(build);
    write("src/app.ts", "changed\n");
    const { exitCode, stdout, stderr } = await run(runExplain);
    expect(exitCode).toBe(0);
    expect(stderr).toBe("");
    const [table, last] = stdout.split("\n\n");
    expect(table?.split("\n")).toEqual([
      "WORKDIR /app          hit",
      "COPY package.json ./  hit",
      "COPY src ./src        miss: 1 file changed: app.ts (content)",
    ]);
    expect(last?.replace(/\d{4}-\d\d-\d\d \d\d:\d\d/, "TIME")).toBe(
      [
        "Last build, TIME UTC:",
        "WORKDIR /app          executed: first build of this step",
        "COPY package.json ./  executed: first build of this step",
        "COPY src ./src        executed: first build of this step",
        "",
      ].join("\n"),
    );
  });

  it("lists what changed below the step", async () => {
    await run(build);
    write("src/app.ts", "changed\n");
    write("src/new.ts", "new\n");
    const { stdout } = await run(runExplain);
    expect(stdout.split("\n").slice(2, 5)).toEqual([
      "COPY src ./src        miss: 1 file changed, 1 added",
      "      app.ts (content)",
      "      + new.ts",
    ]);
  });

  it("says so where no earlier build is known", async () => {
    const { stdout } = await run(runExplain);
    expect(stdout).toContain("WORKDIR /app          miss: first build of this step\n");
    expect(stdout).toContain("\nNo earlier build of this context is known.\n");
  });

  it("builds nothing", async () => {
    await openCache({ dir: path.join(folder, "cache") });
    await run(runExplain);
    const { stdout } = await run(runExplain);
    expect(stdout.match(/miss: first build/g)).toHaveLength(3);
    expect(fs.readdirSync(path.join(folder, "cache/v1/blobs/sha256"))).toEqual([]);
    expect(fs.existsSync(path.join(folder, "out.tar"))).toBe(false);
  });

  it.each([
    ["explain", runExplain],
    ["plan", runPlan],
  ])("says that there is no cache, and makes none: %s", async (_, command) => {
    const { exitCode, stdout, stderr } = await run(command);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: `warning: there is no cache at ${path.join(folder, "cache")} [CACHE_MISSING]\n`,
    });
    expect(stdout).toMatch(/^COPY src \.\/src +miss/m);
    expect(fs.readdirSync(folder)).toEqual(["app"]);
  });

  it("tells warnings as a build does", async () => {
    write("Dockerfile", "FROM scratch\nMAINTAINER me\nCOPY package.json /\n");
    await openCache({ dir: path.join(folder, "cache") });
    const { stderr } = await run(runPlan);
    expect(stderr).toMatch(/^warning: .* \[MaintainerDeprecated\] \(.*Dockerfile:2\).*\n$/);
  });

  it.each(["--json", "--format=json"])("gives all of it as JSON with %s", async (flag) => {
    await run(build);
    write("src/app.ts", "changed\n");
    const { stdout } = await run(runExplain, flag);
    const json: unknown = JSON.parse(stdout);
    expect(json).toMatchObject({
      context: fs.realpathSync(path.join(folder, "app")),
      lastBuild: { steps: [{ status: "executed" }, { status: "executed" }, { status: "executed" }] },
      steps: [
        { verdict: "hit" },
        { verdict: "hit" },
        {
          id: "0.3",
          instruction: "COPY src ./src",
          destination: "/app/src",
          verdict: "miss",
          reasons: [
            {
              kind: "files",
              count: 1,
              changes: [
                {
                  kind: "changed",
                  path: "app/src/app.ts",
                  type: "file",
                  attributes: [{ name: "content", before: "4", after: "8" }],
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it("shows a mistake in the Dockerfile as a build does", async () => {
    write("Dockerfile", "FROM scratch\nCOPY missing /\n");
    const { exitCode, stderr } = await run(runExplain);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("[COPY_SOURCE_MISSING]");
    expect(stderr).toContain("> 2 | COPY missing /");
  });

  it("refuses a context that is not named, with 2", async () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const process = {
      stdout,
      stderr,
      stdin: new PassThrough(),
      env: {},
      on: () => undefined,
      off: () => undefined,
    };
    expect(await runExplain([], process)).toBe(2);
    expect(String(stderr.read())).toContain("Try: oci-build explain .");
  });
});

describe("oci-build plan", () => {
  it("shows what would hit, and what there is to hash and to compress at most", async () => {
    await run(build);
    write("src/app.ts", "changed\n");
    const { exitCode, stdout } = await run(runPlan, "--verify");
    expect(exitCode).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "STEP                  CACHE        TO HASH        TO COMPRESS",
      "WORKDIR /app          hit          -              -",
      "COPY package.json ./  hit          1 file, 3 B    -",
      "COPY src ./src        miss         1 file, 8 B    up to 2.56 kB",
      "total                 1 of 3 miss  2 files, 11 B  up to 2.56 kB",
      "",
    ]);
  });

  it("gives the same as JSON, with totals", async () => {
    const { stdout } = await run(runPlan, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ filesHashed: 2, bytesHashed: 7, compressBytesMax: 6144 });
  });
});

describe("oci-build build --explain", () => {
  it("says why each step was not taken from the cache, behind the lines of the build", async () => {
    await run(build);
    write("src/new.ts", "new\n");
    const { stderr } = await run(build, "--explain");
    expect(stderr.split("\n").slice(-4)).toEqual([
      "WORKDIR /app          hit",
      "COPY package.json ./  hit",
      "COPY src ./src        miss: 1 file added: new.ts",
      "",
    ]);
  });

  it("says nothing when it is to be quiet", async () => {
    const { stderr, stdout } = await run(build, "--explain", "-q");
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/);
  });
});

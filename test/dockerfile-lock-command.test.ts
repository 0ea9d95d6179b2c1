import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type MemoryRegistry,
  startMemoryRegistry,
} from "../packages/registry/test/support/memory-registry.js";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { holdImages } from "./support/registry/hold-layout.js";
import { type CommandResult, runOciBuild } from "./support/run-command.js";

const folder = temporaryFolder();
let registry: MemoryRegistry;
let count = 0;
let app: string;

beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry[Symbol.asyncDispose]());

beforeEach(() => {
  count += 1;
  app = path.join(folder, `app${count}`);
  writeFiles(app, { "a.txt": "a" });
});

function publish(tag: string, label: string): string {
  const platform = { os: "linux", architecture: "amd64" };
  // Two blocks of zeros are an empty tar.
  const image = { platform, layers: [Buffer.alloc(1024)], config: { Labels: { label } } };
  return holdImages(registry.state, [`base${count}`, tag], [image]);
}

function name(tag: string): string {
  return `${registry.host}/base${count}:${tag}`;
}

function run(...args: readonly string[]): Promise<CommandResult> {
  return runOciBuild(args, { cwd: app, env: { OCI_BUILD_CACHE_DIR: path.join(folder, `cache${count}`) } });
}

const built = ["-o", `type=oci,dest=${path.join(folder, "x.tar")}`, "--platform", "linux/amd64"];

describe("oci-build lock", () => {
  it("tells what it pins, then that nothing changes", async () => {
    const one = publish("1", "one");
    writeFiles(app, { Dockerfile: `FROM ${name("1")}\n` });
    const added = `added    ${name("1")}  ${one}\n`;
    expect(await run("lock")).toEqual({
      exitCode: 0,
      stdout: `${added}wrote Dockerfile.lock: 1 image\n`,
      stderr: "",
    });
    expect((await run("lock", ".")).stdout).toBe("Dockerfile.lock is up to date: 1 image\n");
    expect(fs.readFileSync(path.join(app, "Dockerfile.lock"), "utf8")).toMatch(
      /^# The images of Dockerfile, pinned to digests by "oci-build lock"\. To be committed, not edited\.\n/,
    );
  });

  it("resolves all anew, or one, and never takes the context for an image", async () => {
    const old = [publish("1", "one"), publish("2", "two")];
    writeFiles(app, { Dockerfile: `FROM ${name("1")}\nFROM ${name("2")}\n` });
    await run("lock");
    const now = [publish("1", "1b"), publish("2", "2b")];
    expect((await run("lock", "--update", ".")).stdout).toBe(
      `changed  ${name("1")}  ${old[0]} -> ${now[0]}\n` +
        `changed  ${name("2")}  ${old[1]} -> ${now[1]}\nwrote Dockerfile.lock: 2 images\n`,
    );
    publish("1", "1c");
    const third = publish("2", "2c");
    expect((await run("lock", `--update=${name("2")}`)).stdout).toBe(
      `changed  ${name("2")}  ${now[1]} -> ${third}\nwrote Dockerfile.lock: 2 images\n`,
    );
  });

  it("ends with 1 where a check finds the file out of date, and leaves it", async () => {
    publish("1", "one");
    writeFiles(app, { Dockerfile: `FROM ${name("1")}\n` });
    const failed = await run("lock", "--check");
    expect([failed.exitCode, failed.stdout]).toEqual([
      1,
      expect.stringMatching(/^added .*\nDockerfile\.lock is out of date\n$/),
    ]);
    expect(failed.stderr).toContain(
      "1 of its entries would change [LOCK_OUTDATED]\nhint: Run the same command",
    );
    expect(fs.existsSync(path.join(app, "Dockerfile.lock"))).toBe(false);
    await run("lock");
    expect((await run("lock", "--check")).exitCode).toBe(0);
    publish("1", "moved");
    expect((await run("lock", "--check")).exitCode).toBe(0);
    expect((await run("lock", "--check", "--update")).exitCode).toBe(1);
  });

  it("goes by oci-build.toml, as builds do", async () => {
    const two = publish("2", "two");
    writeFiles(app, {
      "docker/web.Dockerfile": `ARG TAG=1\nFROM ${registry.host}/base${count}:$TAG\n`,
      "oci-build.toml": 'file = "docker/web.Dockerfile"\n[build-arg]\nTAG = "2"\n',
    });
    expect((await run("lock")).stdout).toContain(two);
    expect(fs.readdirSync(path.join(app, "docker"))).toEqual(["web.Dockerfile", "web.Dockerfile.lock"]);
    expect((await run("--locked", "--platform", "linux/amd64", ".")).exitCode).toBe(0);
  });

  it.each<[string, readonly string[], number, string]>([
    ["a Dockerfile of standard input", ["-f", "-"], 2, "has no place for a lock file [OPTION_INVALID]"],
    [
      "an update of what is not named",
      ["--update=debian"],
      2,
      "neither the Dockerfile nor Dockerfile.lock names it",
    ],
    ["an image behind a blank", ["--update", "debian"], 2, "hint: Write --update=debian."],
    ["an update by digest", [`--update=a@sha256:${"0".repeat(64)}`], 2, "a name with a digest has no entry"],
    ["a missing Dockerfile", ["-f", "none"], 1, "[BUILD_DOCKERFILE_MISSING]"],
    ["two contexts", [".", "."], 2, "too many arguments"],
    ["a platform that is none", ["--platform", "vax"], 2, "[OPTION_INVALID]"],
  ])("refuses %s", async (_, args, exitCode, message) => {
    writeFiles(app, { Dockerfile: "FROM scratch\nCOPY a.txt /\n" });
    const result = await run("lock", ...args);
    expect(result.stderr).toContain(message);
    expect([result.exitCode, result.stdout]).toEqual([exitCode, ""]);
  });

  it("tells of an image that cannot be had where FROM stands, with the line of the Dockerfile", async () => {
    writeFiles(app, { Dockerfile: `\nFROM ${name("none")}\n` });
    const { exitCode, stderr } = await run("lock");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Dockerfile:2:6");
    expect(stderr).toContain(`FROM ${name("none")}`);
  });
});

describe("oci-build with a lock file", () => {
  it("says in a code frame which image is missing, and builds without the file when told to", async () => {
    publish("1", "one");
    writeFiles(app, { Dockerfile: `FROM ${name("1")}\n`, "Dockerfile.lock": "version = 1\n" });
    const { exitCode, stderr } = await run(...built, ".");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`Dockerfile.lock does not pin ${name("1")}`);
    expect(stderr).toContain("Dockerfile:1:6");
    expect((await run(...built, "--no-lock", ".")).exitCode).toBe(0);
    expect((await run(...built, "--no-lock=false", ".")).exitCode).toBe(1);
  });

  it("says on which line a lock file is wrong", async () => {
    writeFiles(app, { Dockerfile: `FROM ${name("1")}\n`, "Dockerfile.lock": "version = 1\n<<<<<<< HEAD\n" });
    const { exitCode, stderr } = await run(...built, ".");
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining("Dockerfile.lock:2: a merge conflict is left [LOCK_INVALID]"),
    ]);
  });

  it.each<[string, readonly string[], number, string]>([
    [
      "no lock file under --locked",
      ["--locked"],
      1,
      "there is no lock file at Dockerfile.lock [LOCK_MISSING]",
    ],
    ["--locked with --no-lock", ["--locked", "--no-lock"], 2, "[OPTION_INVALID]"],
    ["--offline with --pull", ["--offline", "--pull"], 2, "[OPTION_INVALID]"],
    [
      "an image that is not there offline",
      ["--offline"],
      1,
      "is not in the local store, and --offline asks no",
    ],
    ["a push offline", ["--offline", "-t", "localhost:1/a", "--push"], 2, "[OPTION_INVALID]"],
  ])("refuses %s", async (_, args, exitCode, message) => {
    writeFiles(app, { Dockerfile: `FROM ${name("1")}\n` });
    const isPush = args.includes("--push");
    const result = await run(...(isPush ? built.slice(2) : built), ...args, ".");
    expect(result.stderr).toContain(message);
    expect(result.exitCode).toBe(exitCode);
    expect(registry.lines().filter((line) => line.includes(`base${count}/`))).toEqual([]);
  });

  it("builds offline from what was pulled, by its tag and by its pin", async () => {
    publish("1", "one");
    writeFiles(app, { Dockerfile: `FROM ${name("1")}\nCOPY a.txt /\n` });
    expect((await run("pull", "--platform", "linux/amd64", name("1"))).exitCode).toBe(0);
    registry.clearLog();
    const output = ["-o", `type=oci,dest=${path.join(folder, `${count}.tar`)}`, "--platform", "linux/amd64"];
    expect(await run(...output, "--offline", ".")).toMatchObject({ exitCode: 0 });
    expect((await run("lock", "--offline")).stdout).toContain("wrote Dockerfile.lock: 1 image");
    expect(await run(...output, "--offline", "--locked", ".")).toMatchObject({ exitCode: 0 });
    expect(registry.lines()).toEqual([]);
  });
});

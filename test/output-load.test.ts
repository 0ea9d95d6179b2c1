import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { type BuildEvent, type BuildOptions, type BuildResult, build } from "oci-build";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { runOciBuild } from "./support/run-command.js";
import { hasTool, runTool } from "./support/tools.js";

const folder = temporaryFolder();
const context = path.join(folder, "context");
let count = 0;
let programs: string;

/** What a program of the tests does when it is called: `version` and `load` are shell lines. */
interface FakeProgram {
  readonly version?: string;
  readonly load?: string;
}

beforeEach(() => {
  count += 1;
  programs = path.join(folder, `programs${count}`);
  fs.mkdirSync(programs);
  writeFiles(context, { Dockerfile: "FROM scratch\nCOPY a.txt /\n", "a.txt": Buffer.alloc(300_000, 7) });
});

/** Puts a program on PATH; it notes how it was called. */
function install(name: string, { version = "exit 0", load = "cat >loaded.tar" }: FakeProgram): void {
  const lines = [
    "#!/bin/sh",
    `cd '${programs}'`,
    `echo "${name} $*" >>calls`,
    'if [ "$1" = --context ]; then shift 2; fi',
    `case $1 in version) ${version};; load) ${load};; esac`,
  ];
  fs.writeFileSync(path.join(programs, name), `${lines.join("\n")}\n`, { mode: 0o755 });
}

const calls = (): readonly string[] =>
  fs.existsSync(path.join(programs, "calls"))
    ? fs.readFileSync(path.join(programs, "calls"), "utf8").trim().split("\n")
    : [];

interface Loaded {
  readonly result: BuildResult;
  readonly events: readonly BuildEvent[];
}

/** Builds with nothing on PATH but what the system needs and what was installed. */
async function load(options: Partial<BuildOptions> = {}): Promise<Loaded> {
  const events: BuildEvent[] = [];
  const result = await build({
    ...{ context, cacheDir: path.join(folder, "cache"), tags: ["app:1"], output: { type: "docker" } },
    env: { PATH: `${programs}:${path.join(folder, "system")}` },
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { result, events };
}

// Only what the scripts need, so that no real docker is found.
const system = path.join(folder, "system");
fs.mkdirSync(system);
for (const tool of ["cat", "head", "sleep"]) {
  if (hasTool(tool))
    fs.symlinkSync(runTool("sh", ["-c", `command -v ${tool}`]).trim(), path.join(system, tool));
}

describe.skipIf(process.platform === "win32")("an output that is loaded", () => {
  it("is piped whole into docker, if that works", async () => {
    install("docker", {});
    install("podman", {});
    const { result, events } = await load({ output: { type: "docker", names: ["app:1", "app:2"] } });
    const names = ["docker.io/library/app:1", "docker.io/library/app:2"];
    expect(result.outputs).toEqual([{ kind: "load", program: "docker", names, outcome: "written" }]);
    expect(calls()).toEqual(["docker version", "docker load"]);
    const dest = path.join(folder, "same.tar");
    await load({ output: { type: "docker", dest, names: ["app:1", "app:2"] } });
    const loaded = fs.readFileSync(path.join(programs, "loaded.tar"));
    expect(loaded.equals(fs.readFileSync(dest))).toBe(true);
    const ended = events.find(({ type }) => type === "output.finished");
    expect(ended).toMatchObject({
      action: "load",
      destination: `docker ${names.join(" ")}`,
      size: loaded.length,
    });
    const begun = events.find(({ type }) => type === "output.progress");
    expect(begun).toMatchObject({ action: "load", totalBytes: expect.any(Number) });
  });

  it.each<[string, FakeProgram | undefined]>([
    ["is not there", undefined],
    ["has no daemon", { version: "echo 'Cannot connect to the Docker daemon' >&2; exit 1" }],
  ])("goes to podman when docker %s", async (_, docker) => {
    if (docker !== undefined) install("docker", docker);
    install("podman", {});
    const { result } = await load();
    expect(result.outputs).toMatchObject([{ kind: "load", program: "podman" }]);
    expect(calls().slice(-2)).toEqual(["podman version", "podman load"]);
  });

  it("goes to the Docker of a context, and never to podman then", async () => {
    install("docker", {});
    await load({ output: { type: "docker", context: "remote" } });
    expect(calls()).toEqual(["docker --context remote version", "docker --context remote load"]);
    install("docker", { version: "exit 3" });
    install("podman", {});
    await expect(load({ output: { type: "docker", context: "remote" } })).rejects.toMatchObject({
      code: "OUTPUT_LOADER_MISSING",
      data: { tried: [{ program: "docker", problem: "exit code 3" }] },
    });
  });

  it("is refused before anything is built when neither works", async () => {
    install("docker", { version: "echo first >&2; echo 'no daemon' >&2; exit 1" });
    const events: BuildEvent[] = [];
    await expect(load({ onEvent: (event) => events.push(event) })).rejects.toMatchObject({
      code: "OUTPUT_LOADER_MISSING",
      exitCode: 3,
      message: "nothing to load the image into: docker: no daemon; podman: not found",
    });
    expect(events.map(({ type }) => type)).not.toContain("step.started");
  });

  it.each<[string, string, object]>([
    [
      "refuses the image",
      "cat >/dev/null; echo 'invalid tar header' >&2; exit 7",
      {
        message: "docker load failed: invalid tar header",
        data: { exitCode: 7, stderr: "invalid tar header" },
      },
    ],
    [
      "ends before it has read all",
      "head -c 512 >/dev/null; echo 'disk full' >&2; exit 1",
      { message: "docker load failed: disk full", data: { exitCode: 1 } },
    ],
    [
      "says nothing",
      "cat >/dev/null; exit 9",
      { message: "docker load failed: exit code 9", data: { exitCode: 9, stderr: "" } },
    ],
    [
      "ends too early and calls that good",
      "exit 0",
      { message: "docker load failed: it ended before it had read the image" },
    ],
  ])("fails when the program %s", async (_, script, error) => {
    install("docker", { load: script });
    await expect(load()).rejects.toMatchObject({ code: "OUTPUT_LOAD_FAILED", exitCode: 3, ...error });
  });

  it.each([
    ["does not read", "echo $$ >pid; exec sleep 60"],
    ["has read all", "cat >/dev/null; echo $$ >pid; exec sleep 60"],
  ])("kills a program that %s when the build is stopped", async (_, script) => {
    install("docker", { load: script });
    // More than a pipe holds.
    writeFiles(context, { "a.txt": randomBytes(300_000) });
    const stop = new AbortController();
    const loading = load({ signal: stop.signal });
    const file = path.join(programs, "pid");
    const timer = setInterval(() => {
      if (!fs.existsSync(file) || fs.statSync(file).size === 0) return;
      clearInterval(timer);
      setTimeout(() => stop.abort(new Error("stopped")), 100);
    }, 10);
    await expect(loading).rejects.toThrow("stopped");
    const pid = Number(fs.readFileSync(file, "utf8"));
    expect(() => process.kill(pid, 0)).toThrowError(expect.objectContaining({ code: "ESRCH" }));
  });

  it("is done by the command with --load, beside another output", async () => {
    install("docker", {});
    const env = { PATH: `${programs}:${system}` };
    const dest = path.join(folder, "beside.tar");
    const args = ["--cache-dir", path.join(folder, "cache"), "-t", "app:1", "--load"];
    const { exitCode, stdout, stderr } = await runOciBuild(
      [...args, "-o", `type=oci,dest=${dest}`, context],
      {
        ...{ cwd: folder, env },
      },
    );
    expect(exitCode).toBe(0);
    const [, digest] = / {2}(sha256:\S+)/.exec(stdout) ?? [];
    expect(stdout).toBe(`${dest}  ${digest}\ndocker.io/library/app:1  ${digest}\n`);
    expect(stderr).toMatch(/#\d+ load into docker docker.io\/library\/app:1\n/);
    expect(calls()).toEqual(["docker version", "docker load"]);
  });
});

describe.skipIf(!hasTool("podman"))(
  `podman${hasTool("podman") ? "" : " (skipped: needs podman, not installed here)"}`,
  () => {
    it("loads what is piped to it", async () => {
      install("docker", { version: "exit 1" });
      const name = "localhost/oci-build-test:load";
      await load({ tags: [name], env: { ...process.env, PATH: `${programs}:${process.env["PATH"]}` } });
      expect(runTool("podman", ["image", "inspect", "--format={{.RepoTags}}", name])).toContain(name);
      runTool("podman", ["image", "rm", name]);
    });
  },
);

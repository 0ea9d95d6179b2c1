import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import fs, { existsSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { openedBy } from "./support/opened-by.js";
import { packLayout } from "./support/registry/image-layout.js";
import { runBaseLayout } from "./support/run/run-base.js";
import { type CommandResult, runOciBuild } from "./support/run-command.js";

const folder = temporaryFolder();
const cacheDir = path.join(folder, "cache");
const canRun = process.platform === "linux" && existsSync("/bin/busybox");
const SECRET = "s3cr3t-0123456789";
let place: string;
let count = 0;

/** Builds lines of a Dockerfile on the base. */
function build(lines: readonly string[], ...flags: readonly string[]): Promise<CommandResult> {
  count += 1;
  const context = `context${count}`;
  writeFiles(path.join(folder, context), { Dockerfile: ["FROM base", ...lines, ""].join("\n") });
  const args = [
    "--build-context",
    place,
    "-o",
    "type=image,name=x",
    "--progress",
    "plain",
    ...flags,
    context,
  ];
  return command(args);
}

function command(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  return runOciBuild(args, { cwd: folder, env: { OCI_BUILD_CACHE_DIR: cacheDir, TOKEN: SECRET, ...env } });
}

/** What commands of a build wrote that has to succeed, without what stands before the lines. */
async function output(lines: readonly string[], ...flags: readonly string[]): Promise<readonly string[]> {
  const { exitCode, stderr } = await build(lines, ...flags);
  expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stderr.split("\n").flatMap((line) => /^#\d+ \d+\.\d{3} (.*)$/.exec(line)?.[1] ?? []);
}

function filesBelow(top: string): readonly string[] {
  const entries = fs.readdirSync(top, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

describe.skipIf(!canRun)("the options of RUN (skipped: needs what RUN needs, and busybox)", () => {
  beforeAll(() => {
    place = `base=oci-layout://${runBaseLayout().replace(/^oci:/, "")}`;
  });

  it("give secrets of files and variables to the steps that ask, and keep them nowhere", async () => {
    fs.writeFileSync(path.join(folder, "token"), SECRET);
    const lines = [
      "RUN --mount=type=secret,id=file wc -c < /run/secrets/file; stat -c %a:%u /run/secrets/file",
      "RUN --mount=type=secret,id=var,env=GIVEN test ${#GIVEN} = 17 && echo same",
      "RUN --mount=type=secret,id=other test ! -e /run/secrets/other; ls /run/secrets 2>/dev/null | wc -l",
    ];
    const flags = ["--secret", "id=file,src=token", "--secret", "id=var,env=TOKEN"];
    expect(await output(lines, ...flags)).toEqual(["17", "400:0", "same", "0"]);
    const leaks = filesBelow(cacheDir).filter((file) => fs.readFileSync(file).includes(SECRET));
    expect(leaks).toEqual([]);
  });

  it("read a secret of a pipe, and wait for one that nobody writes to until they are interrupted", async () => {
    const pipe = path.join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const lines = ["RUN --mount=type=secret,id=piped wc -c < /run/secrets/piped"];
    const writer = spawn("sh", ["-c", 'printf "%s" "$0" > "$1"', SECRET, pipe]);
    expect(await output(lines, "--secret", `id=piped,src=${pipe}`)).toEqual(["17"]);
    writer.kill();
    let sentMs = Number.NaN;
    let interrupted: Promise<void> | undefined;
    const interrupt = async (child: ChildProcess): Promise<void> => {
      expect(await openedBy(child.pid, pipe)).toBe(true);
      sentMs = performance.now();
      child.kill("SIGTERM");
    };
    writeFiles(path.join(folder, "silent"), { Dockerfile: ["FROM base", ...lines, ""].join("\n") });
    const flags = ["--build-context", place, "-o", "type=image,name=x", "--no-cache"];
    const result = await runOciBuild([...flags, "--secret", `id=piped,src=${pipe}`, "silent"], {
      cwd: folder,
      env: { OCI_BUILD_CACHE_DIR: cacheDir },
      onStart: (child) => {
        interrupted = interrupt(child);
      },
    });
    await interrupted;
    expect(performance.now() - sentMs).toBeLessThan(2_000);
    expect([result.exitCode, result.stderr]).toEqual([143, expect.stringContaining("BUILD_ABORTED")]);
  });

  it("do not run a step again for another secret", async () => {
    const lines = ["RUN --mount=type=secret,id=var,env=V echo $(( 1 + 1 ))"];
    expect(await output(lines, "--secret", "id=var,env=TOKEN")).toEqual(["2"]);
    expect(await output(lines, "--secret", "id=var,src=token")).toEqual([]);
  });

  it("name a secret that is required and not there", async () => {
    const lines = ["RUN --mount=type=secret,id=need,required true"];
    for (const flags of [[], ["--secret", "id=need,env=NOT_SET"]]) {
      const { exitCode, stderr } = await build(lines, ...flags);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: expect.stringContaining("RUN_SECRET_MISSING"),
      });
    }
  });

  it("give an agent's socket, by its id", async () => {
    const socket = path.join(folder, "agent.sock");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    const lines = ["RUN --mount=type=ssh,id=git test -S $SSH_AUTH_SOCK && echo $SSH_AUTH_SOCK"];
    expect(await output(lines, "--ssh", `git=${socket}`)).toEqual(["/run/buildkit/ssh_agent.0"]);
    await new Promise((resolve) => server.close(resolve));
  });

  it("set hosts, limits and the size of shared memory", async () => {
    const lines = ["RUN grep other-host /etc/hosts; ulimit -n; df -k /dev/shm | tail -1 | awk '{print $2}'"];
    const flags = ["--add-host", "other-host:10.0.0.7", "--ulimit", "nofile=321", "--shm-size", "8m"];
    expect(await output(lines, ...flags)).toEqual([
      expect.stringMatching(/^10\.0\.0\.7\s+other-host$/),
      "321",
      "8192",
    ]);
    expect(await output(lines, ...flags)).toEqual([]);
    expect(await output(lines, ...flags, "--add-host", "other-host2=::1")).toHaveLength(4);
  });

  it("take the network away from all steps but those that ask for another", async () => {
    const links = "ls /sys/class/net | grep -v lo | wc -l";
    const flags = ["", "--network=default", "--network=none"];
    const lines = flags.map((flag, index) => `RUN ${flag} ${links} # ${index}`);
    expect((await output(lines, "--network", "none")).map(Number)).toEqual([0, 0, 0]);
    const refused = await build(["RUN --network=host true"]);
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("--allow=network.host") });
    expect(await output(["RUN --network=host echo on"], "--allow", "network.host")).toEqual(["on"]);
    expect(await output(["RUN --network=host echo also"], "--network=host")).toEqual(["also"]);
  });

  it("end a step that takes too long, soon after", async () => {
    const started = Date.now();
    const { exitCode, stderr } = await build(["RUN sleep 100 & sleep 100"], "--run-timeout", "1s");
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining("RUN_TIMED_OUT") });
    expect(Date.now() - started).toBeLessThan(30_000);
  });

  it("begin nothing on an image whose programs this machine cannot run", async () => {
    fs.mkdirSync(path.join(folder, "foreign"));
    const platform = { os: "linux", architecture: process.arch === "s390x" ? "amd64" : "s390x" };
    packLayout(path.join(folder, "foreign"), "v1", [{ platform, layers: [Buffer.alloc(1024)], config: {} }]);
    const image = `foreign=oci-layout://${path.join(folder, "foreign")}:v1`;
    const flags = ["--platform", `linux/${platform.architecture}`, "--build-context", image];
    const lines = ["FROM foreign AS below", "WORKDIR /made", "FROM below", "RUN make"];
    const { exitCode, stderr } = await build(lines, ...flags);
    expect(exitCode).toBe(3);
    expect(stderr).toContain(
      `cannot run a RUN step: this machine cannot run programs for ${platform.architecture} (line 5: RUN make)`,
    );
    expect(stderr).not.toContain("WORKDIR /made");
    expect(await build(lines.slice(0, 2), ...flags)).toMatchObject({ exitCode: 0 });
  });

  it("begin nothing on an image for another system, nor from scratch for one", async () => {
    fs.mkdirSync(path.join(folder, "windows"));
    const platform = { os: "windows", architecture: "amd64" };
    packLayout(path.join(folder, "windows"), "v1", [{ platform, layers: [Buffer.alloc(1024)], config: {} }]);
    const image = `windows=oci-layout://${path.join(folder, "windows")}:v1`;
    for (const from of ["windows", "scratch"]) {
      const flags = ["--platform", "windows/amd64", "--build-context", image];
      const { exitCode, stderr } = await build([`FROM ${from}`, "WORKDIR /made", "RUN make"], ...flags);
      expect(exitCode).toBe(3);
      expect(stderr).toContain(
        "the image is for Windows, and only images for Linux can be run (line 4: RUN make)",
      );
      expect(stderr).not.toContain("WORKDIR /made");
    }
  });

  it("keep what is cached between builds, and list and prune it", async () => {
    const lines = (text: string): readonly string[] => [
      `RUN --mount=type=cache,id=kept,target=/c echo ${text} >> /c/log; cat /c/log`,
      "RUN test ! -e /c/log",
    ];
    expect(await output(lines("one"))).toEqual(["one"]);
    expect(await output(lines("two"))).toEqual(["one", "two"]);
    expect((await command(["cache", "du"])).stdout).toMatch(/^kept +\S+ kB +just now$/m);
    const pruned = await command(["cache", "prune", "--force", "--filter", "type=exec.cachemount"]);
    expect(pruned.stdout).toContain("Removed the cache mount kept");
    expect(await output(lines("three"))).toEqual(["three"]);
  });

  it("let two builds have a locked mount one after the other, and a shared one at once", async () => {
    const step = (sharing: string, then: string): readonly string[] => [
      `RUN --mount=type=cache,id=${sharing},target=/c,sharing=${sharing} ${then}`,
    ];
    const alone = "mkdir /c/alone && sleep 1 && rmdir /c/alone";
    const two = await Promise.all([
      build(step("locked", `${alone} # 1`)),
      build(step("locked", `${alone} # 2`)),
    ]);
    expect(two.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const meet = (own: string, other: string): string =>
      `touch /c/${own}; for i in $(seq 200); do test -e /c/${other} && exit 0; sleep 0.1; done; exit 1`;
    const met = await Promise.all([
      build(step("shared", meet("a", "b"))),
      build(step("shared", meet("b", "a"))),
    ]);
    expect(met.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  });

  it("tell what steps write as events, and the last of it when one fails", async () => {
    const failing = ["RUN printf '1%%\\r2%%\\r3%%\\n'; echo bad >&2; exit 9"];
    const { exitCode, stderr } = await build(failing, "--progress", "rawjson");
    const told = stderr.split("\n").flatMap((line) => {
      if (!line.startsWith("{")) return [];
      const event = JSON.parse(line) as { type: string; stream?: string; text?: string };
      return event.type === "step.output" ? [{ stream: event.stream, text: event.text }] : [];
    });
    expect(exitCode).toBe(1);
    expect(told).toEqual([
      { stream: "stdout", text: "1%\r2%\r3%\n" },
      { stream: "stderr", text: "bad\n" },
    ]);
    expect(stderr).toMatch(/the last that the command wrote:\n {2}│ 3%\n {2}│ bad\n$/);
  });
});

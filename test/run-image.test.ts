import { once } from "node:events";
import fs, { existsSync } from "node:fs";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { packLayout } from "./support/registry/image-layout.js";
import { RUN_BASE_TAG, runBaseLayout } from "./support/run/run-base.js";
import { type CommandResult, runOciBuild, startOciBuild } from "./support/run-command.js";
import { hasTool } from "./support/tools.js";

const folder = temporaryFolder();
const environment = { OCI_BUILD_CACHE_DIR: path.join(folder, "cache"), FROM_OUTSIDE: "outside" };
const canRun = process.platform === "linux" && existsSync("/bin/busybox");
const foreign = process.arch === "s390x" ? "amd64" : "s390x";
let base: string;

function command(args: readonly string[], input?: string): Promise<CommandResult> {
  return runOciBuild(args, { cwd: folder, env: environment, ...(input === undefined ? {} : { input }) });
}

const run = (...args: readonly string[]): Promise<CommandResult> => command(["run", ...args]);

/** What a shell of the base says that has to succeed. */
async function told(options: readonly string[], script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await run(...options, base, "sh", "-c", script);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout;
}

describe.skipIf(!canRun)("oci-build run (skipped: needs what RUN needs, and busybox)", () => {
  beforeAll(() => {
    base = runBaseLayout();
    expect(base.endsWith(`:${RUN_BASE_TAG}`)).toBe(true);
  });

  it("runs what was built, as its config says, and gives the command's exit code", async () => {
    writeFiles(path.join(folder, "app"), {
      Dockerfile: [
        `FROM base`,
        "RUN adduser -D -u 1234 me 2>/dev/null || echo 'me:x:1234:1234::/:/bin/sh' >> /etc/passwd",
        "ENV GREETING=hello",
        "WORKDIR /work",
        "USER 1234",
        'ENTRYPOINT ["/bin/sh", "-c"]',
        'CMD ["echo $GREETING; id -u; pwd; exit 7"]',
        "",
      ].join("\n"),
    });
    const place = `base=oci-layout://${base.replace(/^oci:/, "")}`;
    const built = await command(["-t", "app:1", "-o", "type=image", "--build-context", place, "-q", "app"]);
    expect(built).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await run("app:1")).toEqual({ exitCode: 7, stdout: "hello\n1234\n/work\n", stderr: "" });
    expect((await run("app:1", "echo other")).stdout).toBe("other\n");
    expect((await run("--entrypoint", "/bin/echo", "app:1", "a", "b")).stdout).toBe("a b\n");
  });

  it("lets variables, folder, user and name be chosen", async () => {
    const flags = ["-e", "A=1", "-e", "FROM_OUTSIDE", "-e", "NOT_SET", "-w", "/d", "-u", "app:50"];
    const script = 'echo "$A $FROM_OUTSIDE ${NOT_SET-none} $OF_BASE"; pwd; id -un; id -gn; hostname';
    expect(await told([...flags, "--hostname", "here"], script)).toBe(
      "1 outside none 1\n/d\napp\nstaff\nhere\n",
    );
  });

  it("throws away what the command writes", async () => {
    expect(await told([], "echo new > /d/a && cat /d/a")).toBe("new\n");
    expect(await told([], "cat /d/a")).toBe("A");
  });

  it("shows folders and files of this host, and keeps what is written to them", async () => {
    writeFiles(path.join(folder, "data"), { "in.txt": "in" });
    const flags = ["-v", "./data:/data", "-v", `${path.join(folder, "data/in.txt")}:/in:ro`];
    await told(flags, "cat /in > /data/out.txt");
    expect(fs.readFileSync(path.join(folder, "data/out.txt"), "utf8")).toBe("in");
    fs.mkdirSync(path.join(folder, "data/below"));
    writeFiles(path.join(folder, "other"), { "deep.txt": "deep" });
    const nested = ["-v", "./other:/data/below", "-v", "./data:/data"];
    expect(await told(nested, "cat /data/in.txt /data/below/deep.txt")).toBe("indeep");
    const refused = await run("-v", "./data:/data:ro", base, "sh", "-c", "echo x > /data/no");
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("Read-only") });
  });

  it("gives input only where it is asked for, and both outputs apart", async () => {
    const script = "cat; echo out; echo err >&2";
    expect(await command(["run", "-i", base, "sh", "-c", script], "in\n")).toEqual({
      exitCode: 0,
      stdout: "in\nout\n",
      stderr: "err\n",
    });
    expect((await command(["run", base, "sh", "-c", script], "in\n")).stdout).toBe("out\n");
  });

  it("takes no flags from what stands behind the image", async () => {
    expect((await run(base, "echo", "-e", "a", "--rm")).stdout).toBe("a --rm\n");
    expect((await run("--rm", base, "echo", "a")).stdout).toBe("a\n");
  });

  it("has no network but loopback where none is asked for", async () => {
    expect(await told(["--network", "none"], "ls /sys/class/net")).toBe("lo\n");
  });

  it.each<[string, () => readonly string[], number, string]>([
    ["a program that is not there", () => [base, "no-such-program"], 127, "EXECUTOR_PROGRAM_MISSING"],
    ["a program that is not executable", () => [base, "/etc/passwd"], 126, "its mode is 0644"],
    ["an image that is not there", () => ["oci-archive:none.tar"], 125, "none.tar"],
    ["a volume with a name", () => ["-v", "data:/data", base], 125, "OPTION_INVALID"],
    ["a volume that is not there", () => ["-v", "./none:/data", base], 125, "OPTION_INVALID"],
    ["two volumes in one place", () => ["-v", "/:/a", "-v", "/:/a/.", base], 125, "/a is given twice"],
    ["a terminal where there is none", () => ["-t", base], 125, "OPTION_INVALID"],
    ["a user that the image does not know", () => ["-u", "nobody-here", base], 125, "EXECUTOR_USER_UNKNOWN"],
    ["an image without a command", () => ["--entrypoint", "", base], 125, "IMAGE_COMMAND_MISSING"],
  ])("tells of %s", async (_, args, exitCode, told) => {
    expect(await run(...args())).toMatchObject({ exitCode, stderr: expect.stringContaining(told) });
  });

  it.each([
    ["linux", foreign, `this machine cannot run programs for ${foreign}`],
    ["windows", "amd64", "the image is for Windows, and only images for Linux can be run"],
  ])("begins nothing of an image for %s/%s", async (os, architecture, problem) => {
    const layout = path.join(folder, `image-${os}`);
    fs.mkdirSync(layout);
    const config = { Cmd: ["/bin/true"] };
    packLayout(layout, "v1", [{ platform: { os, architecture }, layers: [Buffer.alloc(1024)], config }]);
    const image = `oci-layout://${layout}:v1`;
    for (const flags of [["--platform", `${os}/${architecture}`], []]) {
      const { exitCode, stdout, stderr } = await run(...flags, image);
      expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: "" });
      expect(stderr).toContain(`error: cannot run a command: ${problem} [EXECUTOR_UNAVAILABLE]`);
    }
  });

  it("ends the command when nobody reads its output any more", async () => {
    const ended = new Promise<number | null>((resolve) => {
      const lost = runOciBuild(["run", base, "sh", "-c", "while echo up; do :; done"], {
        cwd: folder,
        env: environment,
        onStart: (child) => {
          onTestFinished(() => void child.kill());
          child.once("exit", resolve);
          child.stdout?.once("data", () => child.stdout?.destroy());
        },
      });
      // Of the output that was given up.
      lost.catch(() => undefined);
    });
    expect(await ended).toBe(141);
  });

  it("ends the command at a signal when nobody reads its output for the time being", async () => {
    const script = "echo up >&2; yes";
    const child = startOciBuild(["run", base, "sh", "-c", script], { cwd: folder, env: environment });
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = once(child, "exit");
    child.stderr.once("data", () => child.kill("SIGTERM"));
    expect((await ended)[0]).toBe(143);
  });

  it("gives all of the output to a reader that is slow", async () => {
    const child = startOciBuild(["run", base, "head", "-c", "400000", "/dev/zero"], {
      cwd: folder,
      env: environment,
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = once(child, "exit");
    await once(child.stdout, "readable");
    await delay(1500);
    expect((await buffer(child.stdout)).length).toBe(400_000);
    expect((await ended)[0]).toBe(0);
  });

  it("ends the command when it is interrupted", async () => {
    const started = Date.now();
    const { exitCode, stderr } = await runOciBuild(["run", base, "sh", "-c", "echo up; sleep 60"], {
      cwd: folder,
      env: environment,
      onStart: (child) => child.stdout?.once("data", () => child.kill("SIGINT")),
    });
    expect(exitCode).toBe(130);
    expect(stderr).toContain("BUILD_ABORTED");
    expect(Date.now() - started).toBeLessThan(20_000);
  });

  it.skipIf(!hasTool("script"))(
    "gives a terminal where there is one, and Ctrl-C to what has it (skipped: needs script)",
    async () => {
      const args = ["run", "-it", base, "sh", "-c", "trap 'echo caught; exit 3' INT; echo ready; read line"];
      const { exitCode, stdout } = await onTerminal(args, [["ready", "\u0003"]]);
      expect(stdout).toContain("caught");
      expect(exitCode).toBe(3);
    },
  );
});

describe.skipIf(!canRun || !hasTool("script"))(
  "oci-build build --debug-shell (skipped: needs what RUN needs, busybox and script)",
  () => {
    it("opens a shell on what a failed RUN left, and fails after it", async () => {
      const place = `base=oci-layout://${base.replace(/^oci:/, "")}`;
      writeFiles(path.join(folder, "failing"), {
        Dockerfile: "FROM base\nENV A=1\nWORKDIR /work\nRUN echo made > made; exit 3\n",
      });
      const args = ["build", "--debug-shell", "--build-context", place, "-o", "type=image,name=x", "failing"];
      const answers: [string, string][] = [
        ["This shell is where it stopped", "echo $A $(cat made) $(pwd)\n"],
        ["1 made /work", "exit\n"],
      ];
      const { exitCode, stdout } = await onTerminal(args, answers);
      expect(stdout).toContain("RUN_FAILED");
      expect(exitCode).toBe(1);
    });

    it("is refused before the build where there is no terminal", async () => {
      const { exitCode, stderr } = await command(["build", "--debug-shell", "."]);
      expect(exitCode).toBe(2);
      expect(stderr).toContain("--debug-shell");
    });
  },
);

/** Runs a command on a terminal of its own; answers with a text each time another one has been shown. */
async function onTerminal(
  args: readonly string[],
  answers: readonly (readonly [shown: string, typed: string])[],
): Promise<CommandResult> {
  const { spawn } = await import("node:child_process");
  const bin = path.resolve(import.meta.dirname, "../packages/oci-build/bin/oci-build.js");
  const quoted = [process.execPath, bin, ...args].map((arg) => `'${arg.replaceAll("'", "'\\''")}'`).join(" ");
  const child = spawn("script", ["-qec", quoted, "/dev/null"], {
    cwd: folder,
    env: { ...process.env, ...environment, NO_COLOR: "1", CI: "1", SHELL: "/bin/sh" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let stdout = "";
  let from = 0;
  let next = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
    const answer = answers[next];
    const at = answer === undefined ? -1 : stdout.indexOf(answer[0], from);
    if (answer === undefined || at < 0) return;
    from = at + answer[0].length;
    next += 1;
    // A shell that has just begun reads its terminal a moment later.
    setTimeout(() => child.stdin.write(answer[1]), 300);
  });
  const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { exitCode, stdout, stderr: "" };
}

import { execFileSync, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { layerLines, readImage } from "./support/image-lines.js";
import { type CommandOptions, type CommandResult, runOciBuild } from "./support/run-command.js";

const base = temporaryFolder();
const isRoot = process.getuid?.() === 0;
const command = path.join(import.meta.dirname, "../packages/oci-build/bin/oci-build.js");
const env = { OCI_BUILD_CACHE_DIR: path.join(base, "cache") };
let count = 0;
let app: string;

beforeEach(() => {
  count += 1;
  app = path.join(base, `app${count}`);
  writeFiles(app, { Dockerfile: "FROM scratch\nCOPY . /\n", "file.txt": "text" });
});

function run(args: readonly string[], options: Partial<CommandOptions> = {}): Promise<CommandResult> {
  return runOciBuild([...args, "."], { cwd: app, ...options, env: { ...env, ...options.env } });
}

/** Runs a line of shell in which `oci-build` is the command. */
function shell(line: string) {
  const script = `oci-build() { "${process.execPath}" "${command}" "$@"; }; ${line}`;
  return spawnSync("bash", ["-c", script], {
    cwd: app,
    env: { ...process.env, ...env, CI: "1", NO_COLOR: "1" },
    encoding: "utf8",
  });
}

const digestLine = /^sha256:[0-9a-f]{64}\n$/;

describe("oci-build: where the output goes", () => {
  it("writes into a FIFO and leaves it one", async () => {
    const fifo = path.join(base, "fifo");
    execFileSync("mkfifo", [fifo]);
    const reader = spawn("cat", [fifo]);
    const [read, built] = await Promise.all([
      text(reader.stdout),
      run(["-q", "-o", `type=oci,dest=${fifo}`]),
    ]);
    expect([built.exitCode, built.stdout]).toEqual([0, expect.stringMatching(digestLine)]);
    expect(read).toContain("oci-layout");
    expect(fs.statSync(fifo).isFIFO()).toBe(true);
  });

  it.skipIf(!isRoot)("never replaces a device (skipped: only root could)", async () => {
    const device = path.join(base, "null");
    execFileSync("mknod", [device, "c", "1", "3"]);
    expect((await run(["-q", "-o", `type=oci,dest=${device}`])).exitCode).toBe(0);
    expect(fs.statSync(device).isCharacterDevice()).toBe(true);
  });

  it("takes /dev/stdout for standard output, alone", () => {
    const { stdout, stderr } = shell("oci-build -o type=oci,dest=/dev/stdout . | tar -tf -");
    expect([stdout, stderr]).toEqual([
      expect.stringContaining("oci-layout"),
      expect.stringContaining("write to standard output"),
    ]);
  });

  it("asks for the place before it builds", async () => {
    for (const args of [
      ["-o", "type=oci,dest=none/app.tar"],
      ["--iidfile", "none/iid"],
      ["--metadata-file", "."],
    ]) {
      const { exitCode, stderr } = await run(args);
      expect([exitCode, stderr]).toEqual([3, expect.stringContaining("OUTPUT_NOT_WRITABLE")]);
      expect(stderr).not.toContain("scan build context");
    }
  });

  it("leaves out what it writes, also behind a link, and what a killed build left", async () => {
    const left = ".app.tar.00000000-0000-4000-8000-000000000000.tmp";
    writeFiles(app, { [left]: "half", "real.tar": "old" });
    fs.symlinkSync("real.tar", path.join(app, "app.tar"));
    expect((await run(["-o", "type=oci,dest=app.tar"])).exitCode).toBe(0);
    const lines = (await readImage(path.join(app, "real.tar"))).layers.flatMap(layerLines);
    expect(lines.map((line) => line.split(" ")[1])).toEqual(["Dockerfile", "file.txt"]);
    expect(fs.readlinkSync(path.join(app, "app.tar"))).toBe("real.tar");
  });

  it("does not find a file that it writes when COPY names it", async () => {
    writeFiles(app, { Dockerfile: "FROM scratch\nCOPY app.tar /\n", "app.tar": "old" });
    const { exitCode, stderr } = await run(["-o", "type=oci,dest=app.tar"]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("COPY_SOURCE_MISSING")]);
    expect(fs.readFileSync(path.join(app, "app.tar"), "utf8")).toBe("old");
  });

  it("lets builds that run at once share output and cache", async () => {
    const results = await Promise.all([1, 2, 3].map(() => run(["-q", "-o", "type=oci,dest=app.tar"])));
    expect(results.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(Array(3).fill([0, ""]));
    expect(new Set(results.map(({ stdout }) => stdout)).size).toBe(1);
    await readImage(path.join(app, "app.tar"));
    expect(fs.readdirSync(app).sort()).toEqual(["Dockerfile", "app.tar", "file.txt"]);
  });

  it.skipIf(!isRoot)(
    "builds a project that may not be written (skipped: only root can be somebody else)",
    async () => {
      const [out, cache] = [path.join(base, "out"), path.join(base, "cache-of-nobody")];
      fs.chmodSync(base, 0o755);
      fs.chmodSync(app, 0o555);
      for (const folder of [out, cache]) {
        fs.mkdirSync(folder);
        fs.chownSync(folder, 65534, 65534);
      }
      const nobody = { uid: 65534, env: { OCI_BUILD_CACHE_DIR: cache } };
      expect((await run(["-q"], nobody)).stderr).toContain("permission denied [OUTPUT_NOT_WRITABLE]");
      expect((await run(["-q", "-o", `type=oci,dest=${out}/app.tar`], nobody)).exitCode).toBe(0);
    },
  );
});

describe("oci-build: pipes", () => {
  it.each([
    ["the image", "oci-build -q -o type=oci,dest=- ."],
    ["the result", "oci-build -q ."],
  ])("ends as other tools when nobody reads %s", (_, line) => {
    const { stdout, stderr } = shell(`${line} | sleep 0; echo "\${PIPESTATUS[0]}"`);
    expect([stdout, stderr]).toEqual(["141\n", ""]);
  });

  it("writes help and version for nobody without a stack trace", () => {
    const { stderr } = shell("oci-build --help | sleep 0; oci-build --version | sleep 0");
    expect(stderr).toBe("");
  });

  it.each([
    ["closed", "2>&-"],
    ["full", "2>/dev/full"],
  ])("builds when standard error is %s", (_, redirection) => {
    const { status, stdout } = shell(`oci-build . ${redirection}`);
    expect([status, stdout]).toEqual([0, expect.stringContaining("sha256:")]);
  });

  it.each(["oci-build -q -o type=oci,dest=- . >/dev/full", "oci-build -q . >/dev/full"])(
    "tells of a full disk: %s",
    (line) => {
      const { status, stderr } = shell(line);
      expect([status, stderr]).toEqual([3, expect.stringContaining("OUTPUT_DISK_FULL")]);
    },
  );

  it("can be stopped while it waits for a Dockerfile", async () => {
    const child = spawn(process.execPath, [command, "-f", "-", "."], {
      cwd: app,
      env: { ...process.env, ...env },
    });
    // More than a pipe holds: who has taken it waits for the rest.
    child.stdin.write("\n".repeat(1024 * 1024), () => child.kill("SIGINT"));
    const ended = new Promise((resolve) => child.on("close", resolve));
    expect(await Promise.all([ended, text(child.stderr)])).toEqual([
      130,
      expect.stringContaining("BUILD_ABORTED"),
    ]);
  });
});

import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type BuildEvent, build } from "oci-build";
import { describe, expect, it } from "vitest";
import { variantProblem } from "../packages/executor/test/support/host-variants.js";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { unlessObstacle } from "./support/registry/obstacle.js";
import { runOciBuild } from "./support/run-command.js";

const base = temporaryFolder();
const USER = 65534;
const problem = variantProblem("user without subordinate ids");
let count = 0;

const dockerfile = `FROM scratch AS base
COPY --chown=3:4 --chmod=750 app /bin/app
COPY old kept /d/
FROM base
COPY new /d/old
COPY --chown=5 --chmod=4755 app /bin/second
`;

/** A project with a cache of its own. */
function project(): {
  readonly context: string;
  readonly args: readonly string[];
  readonly cacheDir: string;
} {
  count += 1;
  const folder = path.join(base, String(count));
  const context = path.join(folder, "context");
  writeFiles(context, { Dockerfile: dockerfile, app: "run", old: "old", kept: "kept", new: "newer" });
  for (const name of ["app", "old", "kept", "new"]) fs.utimesSync(path.join(context, name), 1e9, 1e9);
  const cacheDir = path.join(folder, "cache");
  return { context, cacheDir, args: ["--cache-dir", cacheDir, "--progress", "quiet"] };
}

/** Paths of a tar with type, mode, owner, size and time, as tar tells them. */
function listed(tar: Buffer): readonly string[] {
  const args = ["--list", "--verbose", "--numeric-owner", "--utc", "--file=-"];
  const lines = execFileSync("tar", args, { input: tar, encoding: "utf8" }).trimEnd().split("\n");
  return lines.map((line) => line.replace(/ +/g, " "));
}

const time = "2001-09-09 01:46";
const files = [
  `-rwxr-x--- 3/4 3 ${time} bin/app`,
  `-rwsr-xr-x 5/5 3 ${time} bin/second`,
  `-rw-r--r-- 0/0 4 ${time} d/kept`,
  `-rw-r--r-- 0/0 5 ${time} d/old`,
];

describe("an output of files", () => {
  it("is one tar of the whole tree, to a file, to a stream and to standard output", async () => {
    const { context, cacheDir, args } = project();
    const dest = path.join(context, "..", "files.tar");
    const { outputs } = await build({ context, cacheDir, output: { type: "tar", dest } });
    const tar = fs.readFileSync(dest);
    expect(outputs).toEqual([{ kind: "files", path: dest, size: tar.length, outcome: "written" }]);
    expect(listed(tar).filter((line) => !line.startsWith("d"))).toEqual(files);
    const stream = new PassThrough();
    const [streamed] = await Promise.all([
      buffer(stream),
      build({ context, cacheDir, output: { type: "tar", dest: stream } }).then(() => stream.end()),
    ]);
    expect(streamed.equals(tar)).toBe(true);
    const command = path.join(import.meta.dirname, "../packages/oci-build/bin/oci-build.js");
    const piped = spawnSync(process.execPath, [command, ...args, "-o", "-", context]);
    expect([piped.status, piped.stdout.equals(tar)]).toEqual([0, true]);
  });

  it("is a folder by its path alone, made with those above it", async () => {
    const { context, args } = project();
    const { exitCode, stdout } = await runOciBuild([...args, "-o", "a/out", "."], { cwd: context });
    const out = path.join(context, "a/out");
    expect([exitCode, stdout.slice(0, -65)]).toEqual([0, `${out}  sha256:`]);
    expect(fs.readdirSync(out, { recursive: true }).sort()).toEqual([
      ...["bin", "bin/app", "bin/second", "d", "d/kept", "d/old"],
    ]);
    const { mode, uid, mtimeMs } = fs.statSync(path.join(out, "bin/second"));
    expect([mode & 0o7777, uid, mtimeMs]).toEqual([0o755, process.getuid?.(), 1e12]);
    expect(fs.readFileSync(path.join(out, "d/old"), "utf8")).toBe("newer");
  });

  it("may be the context, which stays one", async () => {
    const { context, args } = project();
    const outcomes: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const { exitCode, stderr } = await runOciBuild(
        [...args.slice(0, 2), "--progress", "plain", "-o", ".", "."],
        { cwd: context },
      );
      outcomes.push(`${exitCode} ${/CACHED/.test(stderr) ? "cached" : "executed"}`);
    }
    expect(outcomes).toEqual(["0 executed", "0 cached"]);
    expect(fs.readdirSync(context)).toEqual(["Dockerfile", "app", "bin", "d", "kept", "new", "old"]);
  });

  it.skipIf(problem)(
    unlessObstacle("is written again by a user over folders that are not for writing", problem),
    async () => {
      const { context, cacheDir } = project();
      fs.writeFileSync(path.join(context, "Dockerfile"), "FROM scratch\nCOPY --chmod=555 d /d\n");
      writeFiles(context, { "d/e/f": "text" });
      const folder = path.dirname(context);
      fs.chmodSync(base, 0o755);
      fs.chownSync(folder, USER, USER);
      const args = ["--cache-dir", cacheDir, "-q", "-o", "../out", "."];
      for (let round = 0; round < 2; round += 1) {
        const { exitCode, stderr } = await runOciBuild(args, {
          cwd: context,
          uid: USER,
          env: { HOME: folder },
        });
        expect([exitCode, stderr]).toEqual([0, ""]);
      }
      const [out, file] = ["out/d/e", "out/d/e/f"].map((name) => fs.statSync(path.join(folder, name)));
      expect([out?.mode, file?.uid].map((number) => (number ?? 0) & 0o7777)).toEqual([0o555, USER & 0o7777]);
    },
  );

  it("tells of FIFOs and devices that a folder does not get", async () => {
    const { context, cacheDir } = project();
    fs.writeFileSync(path.join(context, "Dockerfile"), "FROM scratch\nADD a.tar /x/\nADD a.tar /y/\n");
    const special = path.join(context, "special");
    fs.mkdirSync(special);
    execFileSync("mkfifo", [path.join(special, "pipe")]);
    execFileSync("tar", ["--create", "--file", path.join(context, "a.tar"), "-C", special, "."]);
    const events: BuildEvent[] = [];
    const onEvent = (event: BuildEvent): void => void events.push(event);
    const dest = path.join(context, "out");
    await build({ context, cacheDir, output: { type: "local", dest }, onEvent });
    expect(events.filter(({ type }) => type === "warning")).toEqual([
      expect.objectContaining({
        code: "OUTPUT_SPECIAL_LEFT_OUT",
        message: `${dest}: 2 names of FIFOs and devices left out, such as /x/pipe`,
      }),
    ]);
    expect(fs.readdirSync(dest, { recursive: true })).toEqual(["x", "y"]);
  });

  it("is refused before anything is built where a file is in the way", async () => {
    const { context, args, cacheDir } = project();
    const result = await runOciBuild([...args, "-o", "app", "."], { cwd: context });
    expect(result).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("app: it is no folder") });
    expect(fs.existsSync(cacheDir)).toBe(false);
  });

  it("can be nothing at all", async () => {
    const { context, args } = project();
    const result = await runOciBuild([...args, "-o", "type=cacheonly", "."], { cwd: context });
    expect(result).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^sha256:/), stderr: "" });
    expect(fs.readdirSync(context)).toEqual(["Dockerfile", "app", "kept", "new", "old"]);
  });
});

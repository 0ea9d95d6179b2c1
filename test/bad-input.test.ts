import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import type { BuildEvent } from "oci-build";
import { build } from "oci-build";
import { beforeEach, describe, expect, it } from "vitest";
import { smallDisk } from "../packages/cache/test/support/small-disk.js";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { layerLines, readImage } from "./support/image-lines.js";
import { openedBy } from "./support/opened-by.js";
import { type CommandOptions, type CommandResult, runOciBuild } from "./support/run-command.js";

const base = temporaryFolder();
const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;
let count = 0;
let app: string;
let out: string;
let cache: string;

beforeEach(() => {
  count += 1;
  app = path.join(base, `app${count}`);
  out = path.join(base, `out${count}`);
  cache = path.join(base, `cache${count}`);
  writeFiles(app, { Dockerfile: "FROM scratch\nCOPY . /app/\n", "file.txt": "text" });
  fs.mkdirSync(out);
  fs.chmodSync(out, 0o777);
});

function run(args: readonly string[] = [], options: Partial<CommandOptions> = {}): Promise<CommandResult> {
  const output = args.includes("-o") ? [] : ["-o", `type=oci,dest=${out}/app.tar`];
  return runOciBuild(["--cache-dir", cache, ...output, ...args, app], { cwd: base, ...options });
}

/** What one clear error looks like: the exit code, the error's code and place, and nothing written. */
function expectFailure(result: CommandResult, exitCode: number, ...told: readonly string[]): void {
  for (const text of told) expect(result.stderr).toContain(text);
  expect(result.stderr).not.toContain("this is a bug");
  expect([result.exitCode, result.stdout]).toEqual([exitCode, ""]);
  expect(fs.readdirSync(out)).toEqual([]);
}

/** The same build without what made it fail. */
async function expectGoodCache(): Promise<void> {
  writeFiles(app, { Dockerfile: "FROM scratch\nCOPY . /app/\n" });
  const again = await run();
  expect(again.stderr).not.toContain("WARNING");
  expect(again.exitCode).toBe(0);
}

describe("bad input: the Dockerfile", () => {
  it.each([
    ["empty", "", "DOCKERFILE_EMPTY"],
    ["only comments", "# nothing\n", "DOCKERFILE_EMPTY"],
    ["a line of 64 KiB", `FROM scratch\nLABEL a=${"x".repeat(65_536)}\n`, "DOCKERFILE_LINE_TOO_LONG"],
    ["an unknown instruction", "FROM scratch\nCOPPY a b\n", "Did you mean COPY?"],
    ["RUN that is not allowed", "FROM scratch\nRUN --network=host make\n", "RUN_NOT_ALLOWED"],
    ["RUN with a device", "FROM scratch\nRUN --device=gpu make\n", "RUN_DEVICE_UNSUPPORTED"],
  ])("%s", async (_, text, told) => {
    writeFiles(app, { Dockerfile: text });
    const result = await run();
    expectFailure(result, text.includes("--device") ? 3 : 1, "Dockerfile:", told);
    expect(fs.existsSync(cache)).toBe(false);
  });

  it("invalid UTF-8", async () => {
    writeFiles(app, { Dockerfile: Buffer.from("FROM scratch\nLABEL a=\xff\n", "latin1") });
    expectFailure(
      await run(),
      1,
      "Dockerfile:2: not UTF-8 text: byte 21",
      "BUILD_DOCKERFILE_NOT_UTF8",
      "hint",
    );
  });

  it("draws the frame of a step that fails", async () => {
    writeFiles(app, { Dockerfile: "FROM scratch\n\nCOPY fiel.txt /\n" });
    expectFailure(
      await run(),
      1,
      "Dockerfile:3:6: error:",
      "> 3 | COPY fiel.txt /",
      "^^^^^^^^",
      "Did you mean file.txt?",
    );
    await expectGoodCache();
  });

  it("tells which ignore rule hides a source", async () => {
    writeFiles(app, {
      Dockerfile: "FROM scratch\nCOPY file.txt /\n",
      ".dockerignore": "# a comment\n*.txt\n",
    });
    expectFailure(await run(), 1, "left out by the ignore rule *.txt in line 2", "COPY_SOURCE_MISSING");
  });

  it("refuses an ignore file that cannot be read", async () => {
    writeFiles(app, { ".dockerignore": "ok\n[a\n" });
    expectFailure(await run(), 1, ".dockerignore:2", "BUILD_IGNORE_FILE_INVALID");
  });
});

describe("bad input: the context", () => {
  it("refuses names that would delete files of lower layers", async () => {
    writeFiles(app, { "d/.wh.gone": "" });
    expectFailure(await run(), 1, "COPY_RESERVED_NAME", "/app/d/.wh.gone", "Dockerfile:2", "hint");
    fs.rmSync(path.join(app, "d"), { recursive: true });
    await expectGoodCache();
  });

  it.skipIf(!isRoot)("refuses a device (skipped: only root can make one)", async () => {
    execFileSync("mknod", [path.join(app, "null"), "c", "1", "3"]);
    expectFailure(await run(), 1, "COPY_SOURCE_UNSUPPORTED", "null", "Dockerfile:2", "hint");
    writeFiles(app, { ".dockerignore": "null\n" });
    await expectGoodCache();
  });

  it.skipIf(!isRoot)(
    "refuses a file that it may not read (skipped: only root can become somebody else)",
    async () => {
      fs.chmodSync(base, 0o755);
      fs.mkdirSync(cache);
      fs.chownSync(cache, NOBODY, NOBODY);
      fs.chmodSync(path.join(app, "file.txt"), 0);
      expectFailure(
        await run([], { uid: NOBODY }),
        1,
        "SNAPSHOT_FILE_UNREADABLE",
        "file.txt",
        "Dockerfile:2",
      );
    },
  );

  it.skipIf(!isRoot)(
    "needs a cache that it may write (skipped: only root can become somebody else)",
    async () => {
      fs.chmodSync(base, 0o755);
      fs.mkdirSync(cache, { mode: 0o755 });
      expectFailure(await run([], { uid: NOBODY }), 3, "CACHE_NOT_WRITABLE", "hint");
    },
  );

  it("leaves out a socket with a warning", async () => {
    const server = net.createServer().listen(path.join(app, "s"));
    await new Promise((resolve) => server.on("listening", resolve));
    const { exitCode, stderr } = await run();
    server.close();
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining("CONTEXT_SOCKET_LEFT_OUT")]);
    expect((await readImage(path.join(out, "app.tar"))).layers.flatMap(layerLines)).not.toContain("app/s");
  });

  it("never opens a FIFO, and keeps it", async () => {
    execFileSync("mkfifo", [path.join(app, "pipe")]);
    expect((await run()).exitCode).toBe(0);
    expect((await readImage(path.join(out, "app.tar"))).layers.flatMap(layerLines)).toContain(
      "fifo app/pipe 0644",
    );
  });

  it.each(["Dockerfile", "Dockerfile.dockerignore", ".dockerignore", "Dockerfile.lock", "oci-build.toml"])(
    "does not wait for a FIFO that lies where a %s is looked for",
    async (name) => {
      writeFiles(app, { Dockerfile: "FROM base\n" });
      fs.rmSync(path.join(app, name), { force: true });
      execFileSync("mkfifo", [path.join(app, name)]);
      expectFailure(await run(["--offline"]), 1, "BUILD_FILE_UNREADABLE", `${name}: it is a named pipe`);
    },
  );

  it("reads a pipe that --file names, for as long as it takes", async () => {
    const pipe = path.join(base, "pipe");
    execFileSync("mkfifo", [pipe]);
    const writer = spawn("sh", ["-c", 'sleep 0.3; printf "FROM scratch\nCOPY file.txt /\n" > "$0"', pipe]);
    expect((await run(["--file", pipe])).exitCode).toBe(0);
    writer.kill();
    expect((await readImage(path.join(out, "app.tar"))).layers.flatMap(layerLines)).toEqual([
      "file file.txt 0644 4",
    ]);
  });

  it.for(["build", "plan"])(
    "waits for a pipe that nobody writes to until it is interrupted: %s",
    async (verb, { skip }) => {
      skip(process.platform !== "linux", "needs /proc");
      const pipe = path.join(base, `silent-${verb}`);
      execFileSync("mkfifo", [pipe]);
      let [interruptedMs, sentMs] = [Number.NaN, Number.NaN];
      const interrupt = async (child: ChildProcess): Promise<void> => {
        expect(await openedBy(child.pid, pipe)).toBe(true);
        sentMs = performance.now();
        child.kill("SIGINT");
        await once(child, "exit");
        interruptedMs = performance.now() - sentMs;
      };
      let interrupted: Promise<void> | undefined;
      const args = [verb, "--file", pipe, "--cache-dir", cache, app];
      const result = await runOciBuild(args, {
        cwd: base,
        onStart: (child) => {
          interrupted = interrupt(child);
        },
      });
      await interrupted;
      expectFailure(result, 130, "BUILD_ABORTED");
      expect(interruptedMs).toBeLessThan(2_000);
    },
  );

  it("keeps names that are not UTF-8 byte for byte", async () => {
    const name = Buffer.from("caf\xe9-\xff", "latin1");
    fs.writeFileSync(Buffer.concat([Buffer.from(`${app}/`), name]), "x");
    expect((await run()).exitCode).toBe(0);
    const listed = execFileSync(
      "sh",
      [
        "-c",
        `tar -xOf app.tar blobs/sha256/$(${layerDigestScript}) | tar --quoting-style=literal -tz | od -An -c`,
      ],
      { cwd: out },
    );
    expect(listed.toString().replaceAll(/\s+/g, " ")).toContain("c a f 351 - 377");
  });
});

/** The digest of the first layer, found with tar and sed alone. */
const layerDigestScript = `tar -xOf app.tar manifest.json | sed 's/.*"Layers":\\["blobs\\/sha256\\/\\([0-9a-f]*\\).*/\\1/'`;

describe("bad input: what changes during the build", () => {
  it.each([
    ["shrinks", "te"],
    ["grows", "text and more"],
    ["changes", "tEXT"],
  ])("a file that %s after the scan", async (_, text) => {
    const onEvent = (event: BuildEvent): void => {
      if (event.type === "context.scanned") fs.writeFileSync(path.join(app, "file.txt"), text);
    };
    const output = { type: "oci", dest: path.join(out, "app.tar") } as const;
    await expect(build({ context: app, cacheDir: cache, output, onEvent })).rejects.toMatchObject({
      code: "SNAPSHOT_FILE_CHANGED",
      data: { path: "file.txt", place: { file: path.join(app, "Dockerfile") } },
    });
    expect(fs.readdirSync(out)).toEqual([]);
    await expectGoodCache();
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s", async (signal, exitCode) => {
    const size = 300_000_000;
    fs.writeFileSync(path.join(app, "big"), Buffer.alloc(size, "0123456789abcdef"));
    const result = await run([], {
      onStart: (child) => child.stderr?.once("data", () => child.kill(signal)),
    });
    expectFailure(result, exitCode, `received ${signal}`, "BUILD_ABORTED");
    expect(fs.readdirSync(path.join(cache, "v1/tmp"))).toEqual([]);
    expect(fs.readdirSync(path.join(cache, "v1/leases"))).toEqual([]);
    fs.rmSync(path.join(app, "big"));
    await expectGoodCache();
  });
});

describe("bad input: a full disk", () => {
  it("for the output", async (test) => {
    const disk = await smallDisk(test, { sizeKiB: 64 });
    fs.writeFileSync(path.join(app, "big"), randomBytes(200_000));
    const result = await run(["-o", `type=oci,dest=${disk.folder}/app.tar`]);
    expectFailure(result, 3, "OUTPUT_DISK_FULL", "hint");
    expect(fs.readdirSync(disk.folder)).toEqual([]);
    await expectGoodCache();
  });

  it("for the cache", async (test) => {
    const disk = await smallDisk(test, { sizeKiB: 256 });
    fs.writeFileSync(path.join(app, "big"), randomBytes(400_000));
    expectFailure(await run(["--cache-dir", disk.folder]), 3, "CACHE_DISK_FULL", "hint");
    fs.rmSync(path.join(app, "big"));
    expect((await run(["--cache-dir", disk.folder])).exitCode).toBe(0);
  });

  it("for a place that is no folder", async () => {
    const result = await run(["-o", `type=oci,dest=${app}/file.txt/app.tar`]);
    expectFailure(result, 3, "OUTPUT_NOT_WRITABLE");
  });
});

/** Bytes that do not compress, the same in every run. */
function randomBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = 1;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

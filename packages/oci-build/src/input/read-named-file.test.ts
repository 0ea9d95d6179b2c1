import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readNamedFile } from "./read-named-file.js";

const LIMIT = 100_000;
let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-pipe-"));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("readNamedFile", () => {
  it("reads a file, and says nothing of one that is not there", async () => {
    const file = path.join(folder, "file");
    fs.writeFileSync(file, "text");
    expect(String(await read(file))).toBe("text");
    expect(await read(path.join(folder, "none"))).toBeUndefined();
    expect(await read(folder)).toBeUndefined();
  });

  describe.skipIf(process.platform === "win32")("of a pipe (skipped on Windows)", () => {
    it("waits for a writer, and for all that it writes", async () => {
      const pipe = makePipe();
      const reading = read(pipe);
      const writer = spawn("sh", ["-c", '{ sleep 0.1; printf one; sleep 0.1; printf two; } > "$0"', pipe]);
      expect(String(await reading)).toBe("onetwo");
      writer.kill();
    });

    it("reads what a writer has left that has ended, as of a shell's <(…)", async (test) => {
      test.skip(process.platform !== "linux", "needs /proc");
      const holder = spawn("sh", ["-c", "printf text | sh -c 'echo $$ >&3; exec sleep 5' 3>&1"]);
      const [pid] = (await once(holder.stdout, "data")) as [Buffer];
      expect(String(await read(`/proc/${String(pid).trim()}/fd/0`))).toBe("text");
      process.kill(Number(pid));
    });

    it("reads no more than one would", async () => {
      const pipe = makePipe();
      const writer = spawn("sh", ["-c", 'yes > "$0" 2> /dev/null', pipe]);
      const bytes = await readNamedFile(pipe, { limitBytes: LIMIT, signal: undefined });
      expect(bytes?.length).toBeGreaterThan(LIMIT);
      writer.kill();
    });

    it.each([
      ["nobody writes", ":"],
      ["a writer holds it open", 'exec 3> "$0"; printf half >&3; sleep 5'],
    ])("is ended by an abort while %s", async (_, script) => {
      const pipe = makePipe();
      const writer = spawn("sh", ["-c", script, pipe]);
      const controller = new AbortController();
      const reading = readNamedFile(pipe, { limitBytes: LIMIT, signal: controller.signal });
      setTimeout(() => controller.abort(new Error("enough")), 200);
      await expect(reading).rejects.toThrow("enough");
      writer.kill();
    });
  });
});

function read(file: string): Promise<Buffer | undefined> {
  return readNamedFile(file, { limitBytes: LIMIT, signal: undefined });
}

function makePipe(): string {
  const pipe = path.join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  return pipe;
}

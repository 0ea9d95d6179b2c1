import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OutputPipe, OutputPipes } from "./output-pipes.js";

/** What a FIFO of Linux holds at least. */
const PIPE_BYTES = 4096;

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-pipes-"));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

async function openPipe(): Promise<OutputPipe> {
  const pipes = new OutputPipes(folder, async (names) => {
    execFileSync("mkfifo", names, { cwd: folder });
  });
  const [pipe, other] = await pipes.open();
  other.closeWriting();
  void other.drain(other.read(() => undefined));
  return pipe;
}

/** A reader that takes nothing more until it is let, and what it was given. */
function slowReader(): {
  readonly bytes: () => number;
  readonly let: () => void;
  readonly take: (bytes: Uint8Array) => Promise<void>;
} {
  let [bytes, isLet] = [0, false];
  const waiting: (() => void)[] = [];
  return {
    bytes: () => bytes,
    let() {
      isLet = true;
      for (const go of waiting) go();
    },
    take(given) {
      bytes += given.length;
      return isLet ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve));
    },
  };
}

describe.skipIf(process.platform === "win32")("OutputPipe (skipped: needs FIFOs)", () => {
  it("gives no more to a reader before it has taken what it was given", async () => {
    const pipe = await openPipe();
    const reader = slowReader();
    const ended = pipe.read(reader.take);
    fs.writeSync(pipe.writeFd, Buffer.alloc(PIPE_BYTES));
    await expect.poll(reader.bytes).toBeGreaterThan(0);
    const given = reader.bytes();
    fs.writeSync(pipe.writeFd, Buffer.alloc(1));
    await delay(50);
    expect(reader.bytes()).toBe(given);
    reader.let();
    pipe.closeWriting();
    await pipe.drain(ended);
    expect(reader.bytes()).toBe(PIPE_BYTES + 1);
  });

  it("waits for a reader that is slow after all who wrote have ended", async () => {
    const pipe = await openPipe();
    const reader = slowReader();
    const ended = pipe.read(reader.take);
    fs.writeSync(pipe.writeFd, Buffer.alloc(PIPE_BYTES));
    await expect.poll(reader.bytes).toBeGreaterThan(0);
    fs.writeSync(pipe.writeFd, Buffer.alloc(1));
    pipe.closeWriting();
    const drained = pipe.drain(ended);
    await delay(1200);
    reader.let();
    await drained;
    expect(reader.bytes()).toBe(PIPE_BYTES + 1);
  });

  it("waits no longer than a second for somebody else who holds the end", async () => {
    const pipe = await openPipe();
    const reader = slowReader();
    const ended = pipe.read(reader.take);
    fs.writeSync(pipe.writeFd, Buffer.alloc(1));
    await expect.poll(reader.bytes).toBe(1);
    const drained = pipe.drain(ended);
    await delay(1200);
    reader.let();
    await drained;
    pipe.closeWriting();
  });
});

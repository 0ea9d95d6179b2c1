import { PassThrough, Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { listeningForErrors, writeToStream } from "./write-to-stream.js";

/** A stream whose writes fail with an error of the system. */
function failing(code: string): Writable {
  const error = Object.assign(new Error(code), { code, syscall: "write" });
  return new Writable({ write: (_chunk, _encoding, done) => done(error) });
}

const bytes = Buffer.from("bytes");

describe("writeToStream", () => {
  it.each([
    ["ENOSPC", "OUTPUT_DISK_FULL"],
    ["EPIPE", "OUTPUT_NOT_WRITABLE"],
  ])("tells of %s as %s, and the process lives", async (system, code) => {
    const stream = failing(system);
    await expect(listeningForErrors(stream, () => writeToStream(stream, bytes))).rejects.toMatchObject({
      code,
    });
    await new Promise(setImmediate);
    expect(stream.listenerCount("error")).toBe(0);
  });

  it("rejects, and never waits, when the stream was closed by its owner", async () => {
    const stream = new PassThrough();
    stream.destroy();
    await expect(listeningForErrors(stream, () => writeToStream(stream, bytes))).rejects.toThrow(/destroyed/);
  });

  it("waits for a reader that is slow", async () => {
    const stream = new PassThrough({ highWaterMark: 1 });
    let taken = false;
    const written = writeToStream(stream, bytes).then(() => {
      taken = true;
    });
    await new Promise(setImmediate);
    expect(taken).toBe(false);
    stream.resume();
    await written;
  });

  it("waits no longer when it is aborted, and not at all after that", async () => {
    const stream = new PassThrough({ highWaterMark: 1 });
    const abort = new AbortController();
    const written = writeToStream(stream, bytes, abort.signal);
    abort.abort(new Error("enough"));
    await expect(written).rejects.toThrow("enough");
    await expect(writeToStream(stream, bytes, abort.signal)).rejects.toThrow("enough");
    expect(stream.writableLength).toBe(bytes.length);
  });

  it("keeps its own copy of the bytes", async () => {
    const stream = new PassThrough();
    const reused = Buffer.from("first");
    await writeToStream(stream, reused);
    reused.write("other");
    expect(stream.read()).toEqual(Buffer.from("first"));
  });
});

import { PassThrough } from "node:stream";
import { beforeEach, describe, expect, it } from "vitest";
import { forwardOutput } from "./forward-output.js";

let [stdout, stderr] = [new PassThrough(), new PassThrough()];
let stop = new AbortController();

beforeEach(() => {
  [stdout, stderr] = [new PassThrough({ highWaterMark: 4 }), new PassThrough()];
  stop = new AbortController();
});

const bytes = Buffer.from("bytes");

describe("forwardOutput", () => {
  it("passes on what there is room for without a wait, as a copy", () => {
    const forward = forwardOutput({ stdout, stderr }, stop.signal);
    const given = Buffer.from("first");
    expect(forward("stderr", given)).toBeUndefined();
    given.write("other");
    expect(String(stderr.read())).toBe("first");
  });

  it.each<[string, () => unknown]>([
    ["its reader has taken it", () => stdout.resume()],
    ["it has no reader any more", () => stdout.on("error", () => undefined).destroy(new Error("EPIPE"))],
    ["the command is to be stopped", () => stop.abort()],
  ])("waits for a full stream until %s", async (_, happens) => {
    const forward = forwardOutput({ stdout, stderr }, stop.signal);
    const taken = forward("stdout", bytes);
    expect(taken).toBeInstanceOf(Promise);
    expect(forward("stderr", bytes)).toBeUndefined();
    happens();
    await taken;
    expect(stdout.listenerCount("drain")).toBe(0);
  });

  it("drops what there is no room for once the command is to be stopped", () => {
    const forward = forwardOutput({ stdout, stderr }, stop.signal);
    void forward("stdout", bytes);
    stop.abort();
    expect(forward("stdout", Buffer.from("more"))).toBeUndefined();
    expect(forward("stderr", bytes)).toBeUndefined();
    expect(String(stdout.read())).toBe("bytes");
    expect(String(stderr.read())).toBe("bytes");
  });

  it("does not wait once the command is to be stopped", () => {
    stop.abort();
    expect(forwardOutput({ stdout, stderr }, stop.signal)("stdout", bytes)).toBeUndefined();
  });

  it("waits for nothing of a stream that is gone", () => {
    stdout.on("error", () => undefined).destroy();
    expect(forwardOutput({ stdout, stderr }, stop.signal)("stdout", bytes)).toBeUndefined();
  });
});

import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { ControlChannel } from "./control-channel.js";

async function told(...parts: readonly string[]): Promise<ControlChannel> {
  const stream = new PassThrough();
  const control = new ControlChannel(stream);
  const closed = new Promise((resolve) => stream.once("close", resolve));
  for (const part of parts) stream.write(part);
  stream.end();
  await closed;
  return control;
}

describe("ControlChannel", () => {
  it("tells the pid and that the program was reached, however it is cut", async () => {
    const control = await told("pi", "d 12", "34\nrea", "dy\n");
    expect(await control.pid).toBe(1234);
    expect(control.isReady).toBe(true);
    expect(control.problem).toBe("");
  });

  it("says once that the program was reached", () => {
    const stream = new PassThrough();
    let count = 0;
    new ControlChannel(stream, () => {
      count += 1;
    });
    stream.write("pid 5\n");
    expect(count).toBe(0);
    stream.write("ready\n");
    stream.end();
    expect(count).toBe(1);
  });

  it("keeps on one line what went wrong", async () => {
    const control = await told("pid 5\nmount: /x: no\n  such thing\u001b[0m");
    expect(control.isReady).toBe(false);
    expect(control.problem).toBe("mount: /x: no such thing [0m");
  });

  it("has no pid when it ends before", async () => {
    const control = await told("nsenter: refused\n");
    expect(await control.pid).toBeUndefined();
    expect(control.problem).toBe("nsenter: refused");
  });

  it("keeps no more than a bounded part", async () => {
    const control = await told(`${"x".repeat(1_000_000)}\n`, `${"y\n".repeat(100_000)}`, "z".repeat(100_000));
    expect(control.problem.length).toBeLessThan(20_000);
  });
});

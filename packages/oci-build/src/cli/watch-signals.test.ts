import { EventEmitter } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { CliProcess } from "./terminal.js";
import { watchSignals } from "./watch-signals.js";

describe("watchSignals", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)(
    "leaves the terminal in order, then aborts, and lets a second %s end the process",
    (name, code) => {
      const process = new EventEmitter();
      const order: string[] = [];
      const watch = watchSignals(process as unknown as CliProcess, () => order.push("terminal"));
      watch.signal.addEventListener("abort", () => order.push("abort"));
      expect(watch.exitCode()).toBeUndefined();
      process.emit(name, name);
      expect(order).toEqual(["terminal", "abort"]);
      expect(watch.exitCode()).toBe(code);
      expect(process.listenerCount(name)).toBe(0);
    },
  );

  it("lets nobody who does not read keep the process once the work is done", async () => {
    const exits: number[] = [];
    const process = Object.assign(new EventEmitter(), { exit: (code: number) => exits.push(code) });
    const watch = watchSignals(process as unknown as CliProcess, () => undefined);
    process.emit("SIGTERM", "SIGTERM");
    await delay(400);
    expect(exits).toEqual([]);
    watch.stop();
    await expect.poll(() => exits).toEqual([143]);
  });

  it("leaves the process alone where there was no signal", async () => {
    const exits: number[] = [];
    const process = Object.assign(new EventEmitter(), { exit: (code: number) => exits.push(code) });
    watchSignals(process as unknown as CliProcess, () => undefined).stop();
    await delay(400);
    expect(exits).toEqual([]);
  });
});

import { EventEmitter } from "node:events";
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
});

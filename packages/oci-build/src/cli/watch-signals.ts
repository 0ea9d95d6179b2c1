import { constants } from "node:os";
import type { CliProcess } from "./terminal.js";

const WATCHED = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const SIGNAL_EXIT_BASE = 128;

/** How long those who read our output may take for what is left of it. */
const LAST_OUTPUT_MS = 250;

/** An abort signal that the process's own signals raise, and what to exit with then. */
export interface SignalWatch {
  readonly signal: AbortSignal;
  /** 128 + the signal's number once there was one. */
  exitCode(): number | undefined;
  /** Leaves SIGINT to a program that has the terminal, such as a shell, while some work goes on. */
  leaveInterrupts<T>(work: () => Promise<T>): Promise<T>;
  /** To be called when all work is done. After a signal, output that nobody reads does not keep the process alive. */
  stop(): void;
}

/** Turns the first SIGINT, SIGTERM or SIGHUP into an abort, so that the build can clean up; a second one ends the
 * process as it would have without us. `beforeAbort` is called before the abort, to leave the terminal in order. */
export function watchSignals(process: CliProcess, beforeAbort: () => void): SignalWatch {
  const controller = new AbortController();
  let caught: NodeJS.Signals | undefined;
  let leaving = 0;
  const onSignal = (name: NodeJS.Signals): void => {
    // A terminal sends it to all of its foreground programs, us among them.
    if (name === "SIGINT" && leaving > 0) return;
    caught = name;
    unwatch();
    beforeAbort();
    controller.abort(new Error(`received ${name}`));
  };
  const unwatch = (): void => {
    for (const name of WATCHED) process.off(name, onSignal);
  };
  const exitCode = (): number | undefined =>
    caught === undefined ? undefined : SIGNAL_EXIT_BASE + constants.signals[caught];
  for (const name of WATCHED) process.on(name, onSignal);
  return {
    signal: controller.signal,
    exitCode,
    async leaveInterrupts(work) {
      leaving += 1;
      try {
        return await work();
      } finally {
        leaving -= 1;
      }
    },
    stop() {
      unwatch();
      const code = exitCode();
      if (code !== undefined) setTimeout(() => process.exit?.(code), LAST_OUTPUT_MS).unref();
    },
  };
}

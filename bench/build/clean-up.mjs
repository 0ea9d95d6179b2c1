import { constants } from "node:os";

/** Does some work and then, whether it ended well, failed or was stopped by a signal, what it asked to be done behind
 * it, the last first.
 * @template Result
 * @param {(add: (step: () => void) => void) => Promise<Result>} work @returns {Promise<Result>} */
export async function withCleanUp(work) {
  /** @type {(() => void)[]} */
  const steps = [];
  const runAll = () => {
    for (const step of steps.splice(0).reverse()) step();
  };
  const stop = (/** @type {"SIGINT" | "SIGTERM"} */ signal) => {
    runAll();
    process.exit(128 + constants.signals[signal]);
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    return await work((step) => void steps.push(step));
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    runAll();
  }
}

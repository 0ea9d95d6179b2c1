import { constants } from "node:os";
import { endChildren } from "./measure/running-children.mjs";

/** Does some work and then, whether it ended well, failed or was stopped by a signal, what it asked to be done behind
 * it, the last first. On a signal what is being measured is ended before: it would write to what is removed.
 * @template Result
 * @param {(add: (step: () => void) => void) => Promise<Result>} work @returns {Promise<Result>} */
export async function withCleanUp(work) {
  /** @type {(() => void)[]} */
  const steps = [];
  const runAll = () => {
    for (const step of steps.splice(0).reverse()) step();
  };
  /** @type {Promise<void> | undefined} */
  let stopping;
  const stop = (/** @type {"SIGINT" | "SIGTERM"} */ signal) => {
    // Another signal changes nothing.
    stopping ??= endChildren()
      .then(runAll)
      .finally(() => process.exit(128 + constants.signals[signal]));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    return await work((step) => void steps.push(step));
  } finally {
    // The work fails when its children are ended, which is nothing to tell.
    await stopping;
    process.off("SIGINT", stop).off("SIGTERM", stop);
    runAll();
  }
}

/** How long a build took, in ms, from the last output of a RUN until that step was done, by its events.
 * @param {string} text Lines of JSON. */
export function layerMs(text) {
  const events = text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => /** @type {LooseEvent} */ (JSON.parse(line)));
  const written = events.findLast(({ type }) => type === "step.output");
  const done = events.findLast(
    ({ type, step }) => type === "step.finished" && step?.id === written?.step?.id,
  );
  if (written === undefined || done === undefined) return Number.NaN;
  return done.timeMs - written.timeMs;
}

/** @typedef {{ readonly type: string, readonly timeMs: number, readonly step?: { readonly id: string } }} LooseEvent */

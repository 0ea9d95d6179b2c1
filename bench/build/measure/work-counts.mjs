/** What a build did, out of its events (`--progress rawjson`): numbers by the name that the events give them, summed
 * over the steps. Times, sizes of the result and progress are left out. A number that events do not have is absent.
 * @typedef {Readonly<Record<string, number>>} WorkCounts */

const LEFT_OUT = new Set(["timeMs", "durationMs", "doneBytes", "totalBytes", "size", "pid", "version"]);
/** Events that say what was done; the others say what will be. */
const TOLD_BY = new Set(["step.finished", "context.scanned", "output.finished", "build.finished"]);
const NAMES = new Set(["step", "span", "place", "source"]);

/** @param {string} text Lines of JSON. @returns {WorkCounts} */
export function readWorkCounts(text) {
  /** @type {Record<string, number>} */
  const counts = {};
  const add = (/** @type {string} */ name, /** @type {number} */ number) => {
    counts[name] = (counts[name] ?? 0) + number;
  };
  for (const event of parseLines(text)) {
    if (!TOLD_BY.has(String(event["type"]))) continue;
    if (event["type"] === "step.finished") add(stepStatus(event), 1);
    if (event["outcome"] === "unchanged") add("outputUnchanged", 1);
    const { type, ...fields } = event;
    addNumbers(fields, type === "context.scanned" ? "context" : "", add);
  }
  return counts;
}

/** @param {string} text @returns {Record<string, unknown>[]} */
function parseLines(text) {
  return text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => /** @type {Record<string, unknown>} */ (JSON.parse(line)));
}

/** @param {Record<string, unknown>} event */
function stepStatus(event) {
  const outcome = /** @type {{ status?: unknown } | undefined} */ (event["outcome"]);
  return outcome?.status === "cached" ? "stepsCached" : "stepsExecuted";
}

/** @param {object} fields @param {string} prefix @param {(name: string, number: number) => void} add */
function addNumbers(fields, prefix, add) {
  for (const [key, value] of Object.entries(fields)) {
    if (LEFT_OUT.has(key) || NAMES.has(key)) continue;
    if (typeof value === "number")
      add(prefix === "" ? key : `${prefix}${key[0]?.toUpperCase()}${key.slice(1)}`, value);
    else if (typeof value === "object" && value !== null && !Array.isArray(value))
      addNumbers(value, key === "outcome" || key === "layer" ? prefix : key, add);
  }
}

import { parseArgs } from "node:util";

/** What one can get wrong when starting a benchmark. */
export class UsageError extends Error {}

export const flag = /** @type {const} */ ({ type: "boolean" });
export const text = /** @type {const} */ ({ type: "string" });

/** The values of flags. @template {NonNullable<import("node:util").ParseArgsConfig["options"]>} T
 * @param {readonly string[]} args @param {T} options */
export function parseFlags(args, options) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The one of these flags that was given; `standard` without any.
 * @template {string} T @param {{ readonly [name in T]?: boolean | undefined }} values @param {readonly T[]} names
 * @returns {T | "standard"} */
export function chosenSize(values, names) {
  const chosen = names.filter((name) => values[name] === true);
  if (chosen.length > 1) throw new UsageError(`--${chosen.join(" and --")} exclude each other`);
  return chosen[0] ?? "standard";
}

/** @param {string} name @param {string | undefined} value */
export function wholeNumber(name, value) {
  if (value === undefined) return undefined;
  if (!/^\d{1,3}$/.test(value)) throw new UsageError(`${name} is not a whole number: ${value}`);
  return Number(value);
}

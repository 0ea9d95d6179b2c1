/** Flags that name places of this machine, which say nothing to others. */
const PLACES = ["--results", "--base"];

/** The command line of a benchmark as its page tells it. @param {string} script @param {readonly string[]} args */
export function commandAsTold(script, args) {
  const isPlace = (/** @type {string | undefined} */ arg) =>
    PLACES.some((flag) => arg === flag || arg?.startsWith(`${flag}=`));
  const isItsValue = (/** @type {number} */ at) => PLACES.includes(args[at - 1] ?? "");
  return ["node", script, ...args.filter((arg, at) => !isPlace(arg) && !isItsValue(at))].join(" ");
}

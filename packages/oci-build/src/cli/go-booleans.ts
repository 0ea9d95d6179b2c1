const TRUE = /^(1|t|T|true|TRUE|True)$/;
const FALSE = /^(0|f|F|false|FALSE|False)$/;

/** Where the value may be a stage, digits are its index and letters its name. */
const TRUE_AND_NO_STAGE = /^(true|TRUE|True)$/;
const FALSE_AND_NO_STAGE = /^(false|FALSE|False)$/;

/** What a flag that takes no value becomes when it is turned off; that wins over the configuration file. */
const OPPOSITES: ReadonlyMap<string, string> = new Map([
  ["--no-cache", "--cache"],
  ["--pull", "--no-pull"],
  ["--offline", "--no-offline"],
  ["--locked", "--no-locked"],
  ["--no-lock", "--lock"],
  ["--push", "--no-push"],
  ["--load", "--no-load"],
  ["--quiet", "--no-quiet"],
  ["-q", "--no-quiet"],
  ["--verify", "--no-verify"],
  ["--trust-stat", "--no-trust-stat"],
  ["--explain", "--no-explain"],
  ["--debug-shell", "--no-debug-shell"],
  ["--fail-on-cache-miss", "--no-fail-on-cache-miss"],
]);

/** Flags that may have a value, always behind `=`; without one they mean any. */
const ANY: ReadonlyMap<string, string> = new Map([["--fail-on-cache-miss", "--fail-on-cache-miss=*"]]);

/** Docker's tools take `--no-cache=true` and `--no-cache=false`; this turns both into flags without a value.
 * What stands behind `--` is left alone. */
export function goBooleans(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  const flags = end < 0 ? args : args.slice(0, end);
  const rest = end < 0 ? [] : args.slice(end);
  return [...flags.map(plainFlag), ...rest];
}

function plainFlag(arg: string): string {
  const equals = arg.indexOf("=");
  const name = arg.slice(0, equals);
  const opposite = OPPOSITES.get(name);
  if (equals < 0 || opposite === undefined) return ANY.get(arg) ?? arg;
  const value = arg.slice(equals + 1);
  const any = ANY.get(name);
  if ((any === undefined ? TRUE : TRUE_AND_NO_STAGE).test(value)) return any ?? name;
  return (any === undefined ? FALSE : FALSE_AND_NO_STAGE).test(value) ? opposite : arg;
}

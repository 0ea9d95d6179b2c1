const TRUE = /^(1|t|T|true|TRUE|True)$/;
const FALSE = /^(0|f|F|false|FALSE|False)$/;

/** What a flag that takes no value becomes when it is turned off. */
const OPPOSITES: ReadonlyMap<string, string | undefined> = new Map([
  ["--no-cache", "--cache"],
  ["--quiet", undefined],
]);

/** Docker's tools take `--no-cache=true` and `--no-cache=false`; this turns both into flags without a value.
 * What stands behind `--` is left alone. */
export function goBooleans(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  const flags = end < 0 ? args : args.slice(0, end);
  const rest = end < 0 ? [] : args.slice(end);
  return [...flags.flatMap(plainFlag), ...rest];
}

function plainFlag(arg: string): readonly string[] {
  const equals = arg.indexOf("=");
  const name = arg.slice(0, equals);
  if (equals < 0 || !OPPOSITES.has(name)) return [arg];
  const value = arg.slice(equals + 1);
  if (TRUE.test(value)) return [name];
  const opposite = OPPOSITES.get(name);
  return FALSE.test(value) ? [opposite].flatMap((flag) => flag ?? []) : [arg];
}

/** Numbers of the signals on Linux (x86 and arm), by name without `SIG`. */
const signalNumbers: ReadonlyMap<string, number> = new Map([
  ...(
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU " +
    "URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
  )
    .split(" ")
    .map((name, index) => [name, index + 1] as const),
  ["IOT", 6],
  ["CLD", 17],
  ["POLL", 29],
  ["RTMIN", 34],
  ["RTMAX", 64],
]);

const realTime = /^RT(MIN\+|MAX-)([1-9]\d?)$/;

/** The largest distance of a number from 0, that of Go's `int`. */
const maxNumber = 2n ** 63n;

/** The number of a signal given as a number or by name, with or without `SIG`, in any case: `15`, `term`,
 * `SIGRTMIN+3`. Any number but 0 is taken, also one that no system knows, as in BuildKit. undefined for anything else.
 * @see https://github.com/moby/sys/blob/signal/v0.7.0/signal/signal.go */
export function parseSignal(text: string): number | undefined {
  if (/^[+-]?\d+$/.test(text)) return parseNumber(text);
  const name = text.toUpperCase().replace(/^SIG/, "");
  return signalNumbers.get(name) ?? parseRealTime(name);
}

/** Leading zeros mean nothing. */
function parseNumber(text: string): number | undefined {
  const [, sign = "", digits = ""] = /^([+-]?)0*(\d*)$/.exec(text) ?? [];
  if (digits === "" || digits.length > String(maxNumber).length) return undefined;
  const isTooLarge = BigInt(digits) > (sign === "-" ? maxNumber : maxNumber - 1n);
  return isTooLarge ? undefined : Number(sign + digits);
}

/** RTMIN+1 to RTMIN+15 and RTMAX-14 to RTMAX-1, the names that Docker knows. */
function parseRealTime(name: string): number | undefined {
  const match = realTime.exec(name);
  if (match === null) return undefined;
  const distance = Number(match[2]);
  if (match[1] === "MIN+") return distance <= 15 ? 34 + distance : undefined;
  return distance <= 14 ? 64 - distance : undefined;
}

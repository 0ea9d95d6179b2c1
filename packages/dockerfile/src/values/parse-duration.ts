import { quoted } from "../diagnostics/quoted.js";
/** A duration in nanoseconds. */
export interface Duration {
  readonly ok: true;
  /** A whole number; exact below 2^53 ns, which is 104 days. */
  readonly ns: number;
}

/** What is wrong with a duration. */
export interface DurationError {
  readonly ok: false;
  readonly message: string;
}

const unitNs: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["µs", 1_000n],
  ["μs", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

/** Largest duration of Go: 2^63 − 1 ns. */
const maxNs = 2n ** 63n - 1n;

/** Longest text of a duration; Go has no limit, but no sensible one is longer. */
const maxLength = 100;

/** Reads a duration as Go writes it: `1h30m`, `1.5s`, `-2ms`, `0`.
 * @see https://pkg.go.dev/time#ParseDuration */
export function parseDuration(text: string): Duration | DurationError {
  const error: DurationError = {
    ok: false,
    message: `${quoted(text.slice(0, maxLength))} is no duration such as 30s or 1m30s`,
  };
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  const rest = text.slice(sign.length);
  if (rest === "0") return { ok: true, ns: 0 };
  if (rest === "" || text.length > maxLength) return error;
  let total = 0n;
  let end = 0;
  for (const match of rest.matchAll(/(\d*)(?:\.(\d*))?([^\d.]+)/gy)) {
    const [whole, integer = "", fraction = "", unit = ""] = match;
    const scale = unitNs.get(unit);
    if (scale === undefined || integer + fraction === "") return error;
    total +=
      BigInt(integer || "0") * scale + (BigInt(fraction || "0") * scale) / 10n ** BigInt(fraction.length);
    end += whole.length;
  }
  if (end !== rest.length) return error;
  if (total > maxNs) return { ok: false, message: `${quoted(text)} is longer than 292 years` };
  return { ok: true, ns: Number(sign === "-" ? -total : total) };
}

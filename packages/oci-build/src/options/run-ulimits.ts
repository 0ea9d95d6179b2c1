import { optionInvalid } from "./option-invalid.js";
import type { RunUlimit } from "./run-options.js";

/** A limit with nothing left open. */
export interface ResolvedUlimit extends Required<RunUlimit> {
  readonly hard: number;
}

/** The names that Docker takes, which are the kernel's. */
const NAMES: ReadonlySet<string> = new Set([
  "core",
  "cpu",
  "data",
  "fsize",
  "locks",
  "memlock",
  "msgqueue",
  "nice",
  "nofile",
  "nproc",
  "rss",
  "rtprio",
  "rttime",
  "sigpending",
  "stack",
]);

const UNLIMITED = -1;

/** Limits in the order of their names; of one that is given again the last counts.
 * @throws OciBuildError OPTION_INVALID */
export function resolveUlimits(ulimits: readonly RunUlimit[]): readonly ResolvedUlimit[] {
  const byName = new Map(ulimits.map((ulimit) => [ulimit.name, resolved(ulimit)]));
  return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function resolved({ name, soft, hard = soft }: RunUlimit): ResolvedUlimit {
  const problem = problemOf(name, soft, hard);
  if (problem === undefined) return { name, soft, hard };
  throw optionInvalid("--ulimit", `${name}=${soft}:${hard}`, problem);
}

function problemOf(name: string, soft: number, hard: number): string | undefined {
  if (!NAMES.has(name)) return `there is no limit of that name; there are ${[...NAMES].join(", ")}`;
  if (![soft, hard].every((limit) => Number.isSafeInteger(limit) && limit >= UNLIMITED)) {
    return "a limit is a whole number, or -1 for none";
  }
  if (hard === UNLIMITED) return undefined;
  return soft === UNLIMITED || soft > hard ? "the soft limit is above the hard one" : undefined;
}

import { type Profiler, Session } from "node:inspector/promises";
import { setFlagsFromString } from "node:v8";

/** Counts what code does: each run of each stretch of ours without branches, by V8's own counters, and what built-in
 * methods walk over. The same on every machine, and nothing of it is in the code that is counted. */
export interface WorkMeter {
  /** The work of some code, which must not be asynchronous. */
  readonly measure: (code: () => void) => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** A meter of the sources whose address holds a text. V8 counts only what it compiles from now on, so those sources
 * must not have been imported yet. */
export async function workMeter(sources: string): Promise<WorkMeter> {
  // What the optimising compiler inlines is not counted as a call.
  setFlagsFromString("--no-opt");
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  const take = async (): Promise<number> => {
    const { result } = await session.post("Profiler.takePreciseCoverage");
    return countRuns(result.filter(({ url }) => url.includes(sources)));
  };
  return {
    measure: async (code) => {
      await take();
      const walked = countWalks(code);
      const runs = await take();
      if (runs === 0) throw new Error(`nothing of ${sources} was run, or it was imported too early`);
      return runs + walked;
    },
    stop: async () => {
      setFlagsFromString("--opt");
      await session.post("Profiler.stopPreciseCoverage");
      session.disconnect();
    },
  };
}

function countRuns(scripts: readonly Profiler.ScriptCoverage[]): number {
  return scripts
    .flatMap(({ functions }) => functions)
    .flatMap(({ ranges }) => ranges)
    .reduce((sum, { count }) => sum + count, 0);
}

type Method = (this: unknown, ...args: readonly unknown[]) => unknown;

/** How much a call of a built-in method walks over, known once it has returned. */
type Walk = (target: unknown, args: readonly unknown[], result: unknown) => number;

const wholeLength: Walk = (target) => (target as { readonly length: number }).length;

/** From where the search begins to what was found. */
const untilFound: Walk = (target, [, from], result) => {
  const start = typeof from === "number" ? from : 0;
  return (typeof result === "number" && result >= 0 ? result : wholeLength(target, [], result)) - start;
};

/** A sticky or global expression goes on from where it was; any other begins at the start. */
const untilMatched: Walk = (target, [text], result) => {
  const { index } = (result ?? { index: String(text).length }) as { readonly index: number };
  const matched = Array.isArray(result) ? String(result[0]).length : 0;
  return (target as RegExp).global || (target as RegExp).sticky ? matched + 1 : index + matched;
};

const walkers: readonly (readonly [prototype: object, names: string, walk: Walk])[] = [
  [String.prototype, "indexOf", untilFound],
  [String.prototype, "lastIndexOf includes replace replaceAll match split search trim", wholeLength],
  [String.prototype, "toLowerCase toUpperCase substring repeat concat normalize", wholeLength],
  [Array.prototype, "indexOf", untilFound],
  [Array.prototype, "slice includes concat join sort splice shift unshift fill", wholeLength],
  [Array.prototype, "toSorted toReversed toSpliced lastIndexOf", wholeLength],
  [RegExp.prototype, "exec", untilMatched],
];

function countWalks(code: () => void): number {
  let walked = 0;
  const undo: (() => void)[] = [];
  for (const [prototype, names, walk] of walkers) {
    for (const name of names.split(" ")) {
      const method = Reflect.get(prototype, name) as Method;
      Reflect.set(prototype, name, function (this: unknown, ...args: readonly unknown[]) {
        const result = Reflect.apply(method, this, args) as unknown;
        walked += walk(this, args, result);
        return result;
      });
      undo.push(() => Reflect.set(prototype, name, method));
    }
  }
  try {
    code();
  } finally {
    for (const restore of undo) restore();
  }
  return walked;
}

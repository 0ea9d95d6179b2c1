import type { BuildOptions } from "oci-build";

/** The file system of a context. */
export type ContextFs = Exclude<NonNullable<BuildOptions["context"]>, string>["fs"];

/** The calls by which a context is read. */
export const contextCalls = [
  "lstatSync",
  "readdirSync",
  "readlinkSync",
  "openSync",
  "fstatSync",
  "readSync",
  "closeSync",
] as const;

export type ContextCall = (typeof contextCalls)[number];

/** Numbers the calls that a build makes to its context, and does something just before one of them. */
export class CallCounter {
  /** Calls so far. */
  calls = 0;
  readonly #root: string;
  readonly #files = new Set<number>();
  readonly #at: number | undefined;
  readonly #edit: () => void;
  #state: "counting" | "editing" = "counting";

  /** `edit` is done before call number `at`, counted from 0; never when that is undefined. */
  constructor(root: string, at?: number, edit: () => void = () => undefined) {
    [this.#root, this.#at, this.#edit] = [root, at, edit];
  }

  /** To be told of each call: its first argument, and how to make it. */
  call(name: ContextCall, target: unknown, make: () => unknown): unknown {
    if (this.#state === "counting" && this.#isOfContext(target)) this.#count();
    const result = make();
    if (name === "openSync" && typeof result === "number" && this.#isOfContext(target))
      this.#files.add(result);
    if (name === "closeSync" && typeof target === "number") this.#files.delete(target);
    return result;
  }

  #isOfContext(target: unknown): boolean {
    return typeof target === "number" ? this.#files.has(target) : String(target).startsWith(this.#root);
  }

  #count(): void {
    if (this.calls++ !== this.#at) return;
    this.#state = "editing";
    this.#edit();
    this.#state = "counting";
  }
}

/** A file system whose calls are counted. */
export function countedFs(inner: ContextFs, counter: CallCounter): ContextFs {
  return new Proxy(inner, {
    get: (target, name) => {
      const call = contextCalls.find((one) => one === name);
      const method: unknown = Reflect.get(target, name);
      if (call === undefined || typeof method !== "function") return method;
      return (...args: readonly unknown[]) =>
        counter.call(call, args[0], () => Reflect.apply(method, target, args));
    },
  });
}

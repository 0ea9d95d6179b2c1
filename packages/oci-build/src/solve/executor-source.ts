import type { ExecFidelity, Executor, ExecutorAbility, OpenExecutorOptions } from "@oci-build/executor";

/** Where executors come from. */
export interface ExecutorFactory {
  readonly check: (options: OpenExecutorOptions) => Promise<ExecutorAbility | undefined>;
  readonly open: (options: OpenExecutorOptions) => Promise<Executor>;
}

/** The executors of this host; a build without RUN loads nothing of them. */
export const hostExecutors: ExecutorFactory = {
  check: async (options) => (await import("@oci-build/executor")).checkExecutor(options),
  open: async (options) => (await import("@oci-build/executor")).openExecutor(options),
};

/** The executor of one build: looked for before anything is built, and opened for the first command that is really run. */
export class ExecutorSource implements AsyncDisposable {
  readonly #factory: ExecutorFactory;
  readonly #options: Omit<OpenExecutorOptions, "steps">;
  #steps: OpenExecutorOptions["steps"] = [];
  #fidelity: ExecFidelity = "full";
  #executor: Promise<Executor> | undefined;

  constructor(factory: ExecutorFactory, options: Omit<OpenExecutorOptions, "steps">) {
    this.#factory = factory;
    this.#options = options;
  }

  /** How much of what a command does can be kept here, once it was checked. */
  get fidelity(): ExecFidelity {
    return this.#fidelity;
  }

  /** Makes sure that commands can be run.
   * @throws OciBuildError EXECUTOR_UNAVAILABLE, with all steps */
  async check(steps: OpenExecutorOptions["steps"]): Promise<void> {
    if (steps.length === 0) return;
    this.#steps = steps;
    const ability = await this.#factory.check({ ...this.#options, steps });
    this.#fidelity = ability?.fidelity ?? "full";
  }

  open(): Promise<Executor> {
    this.#executor ??= this.#factory.open({ ...this.#options, steps: this.#steps });
    return this.#executor;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await this.#executor?.catch(() => undefined);
    await opened?.[Symbol.asyncDispose]();
  }
}

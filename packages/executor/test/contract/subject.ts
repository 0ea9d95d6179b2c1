import type { Executor, RootFileSystem } from "../../src/executor.js";
import type { IdMapping } from "../../src/space/id-space.js";

/** An executor that a suite looks at: one that is open, over the folder `dir`, and roots to run on. */
export interface Subject {
  readonly executor: Executor;
  readonly dir: string;
  readonly mapping: IdMapping;
  /** Busybox as every program, users and some files: see `baseLines`. */
  readonly root: RootFileSystem;
  /** Opens one more, that the caller disposes of. */
  open(): Promise<Executor>;
}

/** Gives the subject, once the suite's hooks have run. */
export type GetSubject = () => Subject;

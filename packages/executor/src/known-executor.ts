import type { Executor } from "./executor.js";
import type { ExecutorWarning, OpenExecutorOptions } from "./executor-options.js";
import { runtimesOf } from "./runtimes.js";
import { findProgram, findPrograms } from "./space/find-programs.js";
import type { OverlayFacts } from "./space/host-facts.js";
import { readStamp, type StampScope, writeStamp } from "./space/host-stamp.js";
import type { IdMapping } from "./space/id-space.js";
import type { OpenedIdSpace } from "./space/open-id-space.js";

/** What an executor on this host would be. JSON-safe, since it is kept. */
export interface FoundExecutor {
  readonly name: Executor["name"];
  readonly mapping: IdMapping;
  readonly origin: OpenedIdSpace["origin"];
  readonly overlay: OverlayFacts | undefined;
  readonly warnings: readonly ExecutorWarning[];
  readonly obstacle?: undefined;
}

/** What is known of a host, as long as nothing has changed that it depends on. */
export function knownExecutor(options: OpenExecutorOptions): FoundExecutor | undefined {
  // A store may have come from a Linux.
  if (process.platform !== "linux") return undefined;
  return readStamp(scopeOf(options)) as FoundExecutor | undefined;
}

/** Keeps what was found out. */
export function keepExecutor(options: OpenExecutorOptions, found: FoundExecutor): Promise<void> {
  return writeStamp(scopeOf(options), found);
}

/** The programs that it depends on what was found: those that are started, and those that were passed over. */
function scopeOf({ dir, choice, env }: OpenExecutorOptions): StampScope {
  const others = [...runtimesOf(choice), "newuidmap", "newgidmap"];
  const paths = others.map((name) => findProgram(name, env) ?? name);
  return { dir, choice, programs: [...Object.values(findPrograms(env).programs), ...paths] };
}

import type { Cache, CacheImport, TimePolicy } from "@oci-build/cache";
import type { ServeConnection } from "@oci-build/executor";
import type { BaseLayers } from "../base/base-layers.js";
import type { CopySource } from "../copy/copy-request.js";
import type { Scratch } from "../copy/scratch.js";
import type { EmitEvent } from "../events/build-event.js";
import type { StepWatcher } from "../explain/step-watcher.js";
import type { ResolvedCompression } from "../options/compression.js";
import type { ResolvedRun } from "../options/resolve-run.js";
import type { ExecutorSource } from "./executor-source.js";
import type { ImageRoots } from "./image-roots.js";
import type { LayerFiles } from "./layer-files.js";
import type { Slots } from "./slots.js";

/** What every step of a build works with. `context` scans the build context when a step first needs it. */
export interface SolveContext {
  readonly cache: Cache;
  /** What other builds have exported: new cache mounts begin with what these have. */
  readonly imports: readonly CacheImport[];
  readonly layerFiles: LayerFiles;
  readonly baseLayers: BaseLayers;
  readonly imageRoots: ImageRoots;
  readonly scratch: Scratch;
  readonly cacheUse: "read-write" | "write-only";
  /** The indexes of the stages whose steps are looked up nowhere. */
  readonly fresh: ReadonlySet<number>;
  readonly context: () => Promise<CopySource>;
  /** The folder of a named context, scanned when it is first asked for. */
  readonly named: (name: string) => Promise<CopySource>;
  readonly emit: EmitEvent;
  readonly now: () => number;
  readonly file: string;
  readonly times: TimePolicy;
  readonly compression: ResolvedCompression;
  readonly signal: AbortSignal | undefined;
  readonly watcher: StepWatcher;
  readonly run: ResolvedRun;
  readonly executors: Pick<ExecutorSource, "fidelity" | "open">;
  /** Steps that write files: one at a time, since each keeps all cores busy. */
  readonly fileSlots: Slots;
  /** Commands that run at once. */
  readonly runSlots: Slots;
  /** The bytes of a secret; undefined for one that is not given. */
  readonly secret: (id: string) => Promise<Uint8Array | undefined>;
  /** What answers for the SSH agents that are given, by id. */
  readonly agents: ReadonlyMap<string, ServeConnection>;
  /** Called before a layer is written, since no earlier build has it. */
  readonly willWrite?: (() => void) | undefined;
}

/** What the steps of one stage work with. */
export function contextOfStage(context: SolveContext, index: number): SolveContext {
  return context.fresh.has(index) ? { ...context, cacheUse: "write-only" } : context;
}

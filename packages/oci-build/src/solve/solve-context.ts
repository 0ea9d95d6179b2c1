import type { Cache, TimePolicy } from "@oci-build/cache";
import type { BaseLayers } from "../base/base-layers.js";
import type { CopySource } from "../copy/copy-request.js";
import type { Scratch } from "../copy/scratch.js";
import type { EmitEvent } from "../events/build-event.js";
import type { StepWatcher } from "../explain/step-watcher.js";
import type { ResolvedCompression } from "../options/compression.js";
import type { ImageRoots } from "./image-roots.js";
import type { LayerFiles } from "./layer-files.js";

/** What every step of a build works with. `context` scans the build context when a step first needs it. */
export interface SolveContext {
  readonly cache: Cache;
  readonly layerFiles: LayerFiles;
  readonly baseLayers: BaseLayers;
  readonly imageRoots: ImageRoots;
  readonly scratch: Scratch;
  readonly cacheUse: "read-write" | "write-only";
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
  /** Called before a layer is written, since no earlier build has it. */
  readonly willWrite?: (() => void) | undefined;
}

import type { LayerEntry } from "@oci-build/oci";
import type { ExecFidelity, RootLayer } from "../executor.js";
import type { HostFacts } from "../space/host-facts.js";
import type { IdSpace } from "../space/id-space.js";
import type { Backend } from "./backend.js";

/** Layers on disk, each unpacked once. */
export interface LayerFolders {
  /** The absolute folder of a layer. */
  folder(layer: RootLayer, signal?: AbortSignal): Promise<string>;
}

/** Which upper directory is read, and until when. */
export interface ReadChangesOptions {
  readonly folder: string;
  readonly space: IdSpace;
  readonly signal?: AbortSignal | undefined;
}

/** What an executor is put together from. It owns `space` and disposes of it last. `dir` is the folder in which it makes
 * one of its own, for all its runs. */
export interface ExecutorParts {
  readonly space: IdSpace;
  readonly fidelity: ExecFidelity;
  readonly layers: LayerFolders;
  readonly readChanges: (options: ReadChangesOptions) => AsyncIterable<LayerEntry>;
  readonly facts: HostFacts;
  readonly backend: Backend;
  readonly dir: string;
  /** Of the caller; read for nothing but where the host's programs lie. */
  readonly env: NodeJS.ProcessEnv;
}

import type { ExecFidelity } from "../executor.js";
import type { HostFacts } from "../space/host-facts.js";
import type { IdSpace } from "../space/id-space.js";
import type { UnpackedLayers } from "../unpack/unpacked-layers.js";
import type { Backend } from "./backend.js";

/** What an executor is put together from. It owns `space` and disposes of it last. `dir` is the folder in which it makes
 * one of its own, for all its runs; `env` is the caller's, and says where the host's programs lie. */
export interface ExecutorParts {
  readonly space: IdSpace;
  readonly fidelity: ExecFidelity;
  readonly layers: Pick<UnpackedLayers, "folders" | "stop">;
  readonly facts: HostFacts;
  readonly backend: Backend;
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
}

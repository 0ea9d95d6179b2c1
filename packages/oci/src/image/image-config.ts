import type { DiffId } from "../digest.js";

/** A set written as Go writes one: the members are the names, the values are empty. */
export type NameSet = { readonly [name: string]: { readonly [none: string]: never } };

/** How a running container is probed (Docker's extension). Times are nanoseconds; 0 or absent is the engine's default.
 * `Test` is `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", text]`; empty inherits. */
export interface Healthcheck {
  readonly Test?: readonly string[] | undefined;
  readonly Interval?: number | undefined;
  readonly Timeout?: number | undefined;
  readonly StartPeriod?: number | undefined;
  readonly StartInterval?: number | undefined;
  readonly Retries?: number | undefined;
}

/** What a container of the image starts with. Names are the JSON's.
 * `Healthcheck`, `OnBuild`, `Shell`, `StopTimeout` (seconds) and `ArgsEscaped` are Docker's.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties */
export interface ContainerConfig {
  readonly User?: string | undefined;
  readonly ExposedPorts?: NameSet | undefined;
  readonly Env?: readonly string[] | undefined;
  readonly Entrypoint?: readonly string[] | undefined;
  readonly Cmd?: readonly string[] | undefined;
  readonly Volumes?: NameSet | undefined;
  readonly WorkingDir?: string | undefined;
  readonly Labels?: { readonly [name: string]: string } | undefined;
  readonly StopSignal?: string | undefined;
  readonly StopTimeout?: number | undefined;
  readonly ArgsEscaped?: boolean | undefined;
  readonly Healthcheck?: Healthcheck | undefined;
  readonly OnBuild?: readonly string[] | undefined;
  readonly Shell?: readonly string[] | undefined;
}

/** The uncompressed layers that make the root filesystem, lowest first. */
export interface RootFs {
  readonly type: "layers";
  readonly diff_ids: readonly DiffId[];
}

/** How one step came to be. Entries without `empty_layer` stand for the layers, in their order. */
export interface HistoryEntry {
  readonly created?: string | undefined;
  readonly created_by?: string | undefined;
  readonly author?: string | undefined;
  readonly comment?: string | undefined;
  readonly empty_layer?: boolean | undefined;
}

/** The configuration of an image for one platform. `created` is RFC 3339.
 * Members that are not named here are kept when a config is read and written again; null members are dropped.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties */
export interface ImageConfig {
  readonly created?: string | undefined;
  readonly author?: string | undefined;
  readonly architecture: string;
  readonly os: string;
  readonly "os.version"?: string | undefined;
  readonly "os.features"?: readonly string[] | undefined;
  readonly variant?: string | undefined;
  readonly config?: ContainerConfig | undefined;
  readonly rootfs: RootFs;
  readonly history?: readonly HistoryEntry[] | undefined;
}

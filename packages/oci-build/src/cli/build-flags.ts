import type { ProgressMode } from "./progress/progress-mode.js";
import type { RegistryFlags } from "./registry-options.js";

/** The build's options as the command line or the configuration file gives them; what was not given is undefined. */
export interface BuildFlags extends RegistryFlags {
  readonly file?: string | undefined;
  readonly tag?: readonly string[] | undefined;
  readonly target?: string | undefined;
  readonly buildArg?: readonly string[] | undefined;
  readonly label?: readonly string[] | undefined;
  readonly annotation?: readonly string[] | undefined;
  readonly buildContext?: readonly string[] | undefined;
  readonly pull?: boolean | undefined;
  /** False for `--no-lock`. */
  readonly lock?: boolean | undefined;
  readonly locked?: boolean | undefined;
  readonly offline?: boolean | undefined;
  readonly output?: readonly string[] | undefined;
  readonly push?: boolean | undefined;
  readonly load?: boolean | undefined;
  readonly compression?: string | undefined;
  readonly compressionLevel?: string | undefined;
  /** False for `--no-cache`. */
  readonly cache?: boolean | undefined;
  readonly noCacheFilter?: readonly string[] | undefined;
  readonly trustStat?: boolean | undefined;
  readonly verify?: boolean | undefined;
  readonly platform?: readonly string[] | undefined;
  readonly progress?: ProgressMode | undefined;
  readonly quiet?: boolean | undefined;
  readonly iidfile?: string | undefined;
  readonly metadataFile?: string | undefined;
  readonly cacheDir?: string | undefined;
  readonly cacheTo?: readonly string[] | undefined;
  readonly cacheFrom?: readonly string[] | undefined;
  readonly call?: string | undefined;
  readonly check?: boolean | undefined;
  readonly explain?: boolean | undefined;
  /** A stage, `*` for any, or false for `--no-fail-on-cache-miss`. */
  readonly failOnCacheMiss?: string | false | undefined;
  readonly secret?: readonly string[] | undefined;
  readonly ssh?: readonly string[] | undefined;
  readonly allow?: readonly string[] | undefined;
  readonly network?: string | undefined;
  readonly addHost?: readonly string[] | undefined;
  readonly shmSize?: string | undefined;
  readonly ulimit?: readonly string[] | undefined;
  readonly executor?: string | undefined;
  readonly runTimeout?: string | undefined;
  readonly debugShell?: boolean | undefined;
  /** Of the commands that tell of a build without building. */
  readonly json?: boolean | undefined;
  readonly format?: "text" | "json" | undefined;
}

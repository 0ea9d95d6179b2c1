import type { Healthcheck as HealthcheckJson } from "@oci-build/oci";

/** HEALTHCHECK as an instruction gives it, with its test. */
export type Healthcheck = HealthcheckJson & { readonly Test: readonly string[] };

/** What a container of the image runs with. `env` keeps the order in which names were first set. */
export interface ContainerConfig {
  readonly env: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  readonly cmd?: readonly string[] | undefined;
  readonly entrypoint?: readonly string[] | undefined;
  readonly exposedPorts: ReadonlySet<string>;
  readonly user: string;
  readonly volumes: ReadonlySet<string>;
  /** Empty where a base image does not say. */
  readonly workingDir: string;
  readonly stopSignal?: string | undefined;
  readonly healthcheck?: HealthcheckJson | undefined;
  readonly shell?: readonly string[] | undefined;
  readonly onBuild: readonly string[];
  /** True once a CMD was given; Docker sets it for every CMD that BuildKit writes. */
  readonly argsEscaped: boolean;
}

/** A config while its stage is planned. Its collections are its own and grow in place: a file may hold tens of thousands
 * of ENVs, and copying the earlier ones for each would take minutes. */
export interface ConfigDraft extends ContainerConfig {
  readonly env: Map<string, string>;
  readonly labels: Map<string, string>;
  readonly exposedPorts: Set<string>;
  readonly volumes: Set<string>;
  readonly onBuild: string[];
}

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The config of `FROM scratch`: Docker's default PATH (Windows has its own), and `/`. */
export function scratchConfig(os: string): ContainerConfig {
  return {
    env: withDefaultPath(new Map(), os),
    labels: new Map(),
    exposedPorts: new Set(),
    user: "",
    volumes: new Set(),
    workingDir: "/",
    onBuild: [],
    argsEscaped: false,
  };
}

/** An environment that has a PATH, as BuildKit gives to every stage; Windows has its own. */
export function withDefaultPath(env: ReadonlyMap<string, string>, os: string): ReadonlyMap<string, string> {
  return os === "windows" || env.has("PATH") ? env : new Map([...env, ["PATH", DEFAULT_PATH]]);
}

/** The config that a stage starts with: what it inherits but ONBUILD, whose triggers have been run. */
export function draftOf(inherited: ContainerConfig): ConfigDraft {
  return {
    ...inherited,
    env: new Map(inherited.env),
    labels: new Map(inherited.labels),
    exposedPorts: new Set(inherited.exposedPorts),
    volumes: new Set(inherited.volumes),
    onBuild: [],
  };
}

/** The argument list that runs a shell-form command. */
export function withShell(config: ContainerConfig, os: string, text: string): readonly string[] {
  const fallback = os === "windows" ? ["cmd", "/S", "/C"] : ["/bin/sh", "-c"];
  return [...(config.shell ?? fallback), text];
}

import type { ContainerConfig as ConfigJson, NameSet } from "@oci-build/oci";
import type { ContainerConfig } from "../plan/container-config.js";

/** A planned config as an image's JSON has it; what was never set is left out, and so is an empty list, which means
 * the same to everything that runs images. */
export function containerConfigJson(config: ContainerConfig): ConfigJson {
  return {
    User: config.user === "" ? undefined : config.user,
    ExposedPorts: nameSet(config.exposedPorts),
    Env: [...config.env].map(([name, value]) => `${name}=${value}`),
    Entrypoint: filled(config.entrypoint),
    Cmd: filled(config.cmd),
    Volumes: nameSet(config.volumes),
    WorkingDir: config.workingDir === "" ? undefined : config.workingDir,
    Labels: config.labels.size === 0 ? undefined : Object.fromEntries(config.labels),
    StopSignal: config.stopSignal,
    ArgsEscaped: config.argsEscaped ? true : undefined,
    Healthcheck: config.healthcheck,
    OnBuild: filled(config.onBuild),
    Shell: config.shell,
  };
}

function filled(list: readonly string[] | undefined): readonly string[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}

function nameSet(names: ReadonlySet<string>): NameSet | undefined {
  if (names.size === 0) return undefined;
  return Object.fromEntries([...names].sort().map((name) => [name, {}]));
}

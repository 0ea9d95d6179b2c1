import type { ContainerConfig as ConfigJson, NameSet } from "@oci-build/oci";
import type { ContainerConfig } from "../plan/container-config.js";

/** A planned config as an image's JSON has it; what was never set is left out. */
export function containerConfigJson(config: ContainerConfig): ConfigJson {
  return {
    User: config.user === "" ? undefined : config.user,
    ExposedPorts: nameSet(config.exposedPorts),
    Env: [...config.env].map(([name, value]) => `${name}=${value}`),
    Entrypoint: config.entrypoint,
    Cmd: config.cmd,
    Volumes: nameSet(config.volumes),
    WorkingDir: config.workingDir,
    Labels: config.labels.size === 0 ? undefined : Object.fromEntries(config.labels),
    StopSignal: config.stopSignal,
    ArgsEscaped: config.argsEscaped ? true : undefined,
    Healthcheck: config.healthcheck,
    OnBuild: config.onBuild.length === 0 ? undefined : config.onBuild,
    Shell: config.shell,
  };
}

function nameSet(names: ReadonlySet<string>): NameSet | undefined {
  if (names.size === 0) return undefined;
  return Object.fromEntries([...names].sort().map((name) => [name, {}]));
}

import type { ImageConfig, NameSet } from "@oci-build/oci";
import { type ContainerConfig, withDefaultPath } from "./container-config.js";

/** The config that a stage on an image starts with. ONBUILD is left out, since the stage runs it. What Docker's builders
 * do not know of a config is dropped, as they do.
 * @see https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md */
export function baseConfig({ config = {}, os }: Pick<ImageConfig, "config" | "os">): ContainerConfig {
  return {
    env: withDefaultPath(new Map((config.Env ?? []).map(splitVariable)), os),
    labels: new Map(Object.entries(config.Labels ?? {})),
    cmd: config.Cmd,
    entrypoint: config.Entrypoint,
    exposedPorts: names(config.ExposedPorts),
    user: config.User ?? "",
    volumes: names(config.Volumes),
    workingDir: config.WorkingDir ?? "",
    stopSignal: config.StopSignal,
    healthcheck: config.Healthcheck,
    shell: config.Shell,
    onBuild: [],
    argsEscaped: config.ArgsEscaped === true,
  };
}

function splitVariable(text: string): [string, string] {
  const equals = text.indexOf("=");
  return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
}

function names(set: NameSet | undefined): ReadonlySet<string> {
  return new Set(Object.keys(set ?? {}));
}

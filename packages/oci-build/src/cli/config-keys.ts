import { compressionTypes } from "../options/compression.js";
import { executorChoices, runNetworks } from "../options/run-choices.js";
import type { BuildFlags } from "./build-flags.js";
import { progressModes } from "./progress/progress-mode.js";

/** What the value of a key is: `path` is relative to the file's folder, `negated` switches its flag off. */
export type ConfigKind =
  | "boolean"
  | "compression"
  | "contexts"
  | "executor"
  | "list"
  | "negated"
  | "network"
  | "number"
  | "output"
  | "pairs"
  | "path"
  | "progress"
  | "registries"
  | "stage"
  | "text";

interface ConfigKey {
  readonly flag: keyof BuildFlags;
  readonly kind: ConfigKind;
}

/** How each key of the file becomes a flag. */
export const configKeys: ReadonlyMap<string, ConfigKey> = new Map(
  Object.entries<ConfigKey>({
    file: { flag: "file", kind: "path" },
    tag: { flag: "tag", kind: "list" },
    target: { flag: "target", kind: "text" },
    "build-arg": { flag: "buildArg", kind: "pairs" },
    label: { flag: "label", kind: "pairs" },
    annotation: { flag: "annotation", kind: "pairs" },
    "build-context": { flag: "buildContext", kind: "contexts" },
    pull: { flag: "pull", kind: "boolean" },
    offline: { flag: "offline", kind: "boolean" },
    locked: { flag: "locked", kind: "boolean" },
    "no-lock": { flag: "lock", kind: "negated" },
    "insecure-registry": { flag: "insecureRegistry", kind: "list" },
    "registry-mirror": { flag: "registryMirror", kind: "pairs" },
    registry: { flag: "registry", kind: "registries" },
    output: { flag: "output", kind: "output" },
    push: { flag: "push", kind: "boolean" },
    load: { flag: "load", kind: "boolean" },
    compression: { flag: "compression", kind: "compression" },
    "compression-level": { flag: "compressionLevel", kind: "number" },
    "no-cache": { flag: "cache", kind: "negated" },
    "no-cache-filter": { flag: "noCacheFilter", kind: "list" },
    verify: { flag: "verify", kind: "boolean" },
    "trust-stat": { flag: "trustStat", kind: "boolean" },
    explain: { flag: "explain", kind: "boolean" },
    "fail-on-cache-miss": { flag: "failOnCacheMiss", kind: "stage" },
    network: { flag: "network", kind: "network" },
    "add-host": { flag: "addHost", kind: "pairs" },
    "shm-size": { flag: "shmSize", kind: "text" },
    ulimit: { flag: "ulimit", kind: "pairs" },
    executor: { flag: "executor", kind: "executor" },
    "run-timeout": { flag: "runTimeout", kind: "text" },
    platform: { flag: "platform", kind: "list" },
    progress: { flag: "progress", kind: "progress" },
    quiet: { flag: "quiet", kind: "boolean" },
    iidfile: { flag: "iidfile", kind: "path" },
    "metadata-file": { flag: "metadataFile", kind: "path" },
    "cache-dir": { flag: "cacheDir", kind: "path" },
  }),
);

/** Leave that only who starts the build can give: the file may come with sources that are not to be trusted. */
export const commandLineOnly: ReadonlySet<string> = new Set([
  "secret",
  "ssh",
  "allow",
  "cache-from",
  "cache-to",
]);

/** What the value of a key must be, for a message. */
export const expectedValues: Readonly<Record<ConfigKind, string>> = {
  path: "a path",
  text: "a text",
  list: "a text or a list of texts",
  pairs: "a table of texts or a list of name=value",
  contexts: "a table of texts or a list of name=value",
  registries: 'tables such as [registry."localhost:5000"] with insecure, mirrors, ca, and cert with its key',
  output: "a text such as type=oci,dest=app.tar, or a list of them",
  compression: `one of ${compressionTypes.join(", ")}`,
  number: "a whole number",
  network: `one of ${runNetworks.join(", ")}`,
  executor: `one of ${executorChoices.join(", ")}`,
  boolean: "true or false",
  negated: "true or false",
  progress: `one of ${progressModes.join(", ")}`,
  stage: "true, false or the name of a stage",
};

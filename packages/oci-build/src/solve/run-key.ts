import { type KeyField, keyField, type StepKey, stepKey } from "@oci-build/cache";
import type { ExecFidelity } from "@oci-build/executor";
import type { ContentDigest, DiffId } from "@oci-build/oci";
import type { ResolvedRun } from "../options/resolve-run.js";
import type { PlannedMount, RunStep } from "../plan/run-step.js";
import type { StageSoFar } from "./solve-stage.js";

/** All that the result of a command depends on. */
export interface RunInputs {
  readonly step: RunStep;
  /** What lies below: see `parentChain`. */
  readonly parents: readonly (DiffId | ContentDigest)[];
  /** What mounts show, by their place among the mounts; undefined where that does not count. */
  readonly contents: readonly (ContentDigest | undefined)[];
  readonly options: Pick<ResolvedRun, "hosts" | "shmSizeBytes" | "ulimits">;
  /** How much of what the command does can be kept. */
  readonly fidelity: ExecFidelity;
}

/** Changes when the same fields come to mean something else. */
const RUN_FORMAT = 1;

/** The key of a RUN. Neither times nor the bytes of caches, secrets and proxies enter it.
 * A result without its owners is one of another key, so that nobody takes it for a full one. */
export function runKey({ step, parents, contents, options, fidelity }: RunInputs): StepKey {
  const { script, hostname } = step;
  return stepKey([
    keyField("operation", "string", "run"),
    keyField("format", "number", RUN_FORMAT),
    keyField("parents", "digest-list", parents),
    keyField("command", "string-list", step.args),
    ...(script === undefined ? [] : [keyField("script", "string-list", [script.name, script.content])]),
    keyField("environment", "pair-list", [...step.env]),
    keyField("working directory", "string", step.cwd),
    keyField("user", "string", step.user),
    keyField("network", "string", step.network),
    keyField("security", "string", step.security),
    keyField("platform", "string", step.platform),
    ...(hostname === undefined ? [] : [keyField("host name", "string", hostname)]),
    ...optionFields(options),
    ...step.mounts.flatMap((mount, index) => mountFields(mount, index + 1, contents[index])),
    ...(fidelity === "full" ? [] : [keyField("fidelity", "string", fidelity)]),
  ]);
}

/** What stands for the tree below a RUN: the layers of the image at its bottom, then what each step has changed. Steps
 * that changed nothing do not count. */
export function parentChain({
  image,
  steps,
}: Pick<StageSoFar, "image"> & {
  readonly steps: readonly Pick<StageSoFar["steps"][number], "contentDigest">[];
}): readonly (DiffId | ContentDigest)[] {
  const ofImage = (image?.layers ?? []).map(({ diffId }) => diffId);
  return [...ofImage, ...steps.flatMap(({ contentDigest }) => contentDigest ?? [])];
}

function optionFields({ hosts, shmSizeBytes, ulimits }: RunInputs["options"]): readonly KeyField[] {
  const lines = hosts.map(({ name, address }) => [name, address] as const);
  const limits = ulimits.map(({ name, soft, hard }) => [name, `${soft}:${hard}`] as const);
  return [
    ...(lines.length === 0 ? [] : [keyField("hosts", "pair-list", lines)]),
    ...(shmSizeBytes === undefined ? [] : [keyField("size of /dev/shm", "number", shmSizeBytes)]),
    ...(limits.length === 0 ? [] : [keyField("limits", "pair-list", limits)]),
  ];
}

/** The name of the field that says what a mount shows, by its number from 1 on. */
export function mountContentField(number: number): string {
  return `mount ${number} files`;
}

/** The options of a mount, and what it shows. */
function mountFields(
  mount: PlannedMount,
  number: number,
  content: ContentDigest | undefined,
): readonly KeyField[] {
  const name = `mount ${number}`;
  const options = Object.entries(mountOptions(mount)).map(([key, value]) => [key, String(value)] as const);
  const fields = [keyField(name, "pair-list", options)];
  return content === undefined ? fields : [...fields, keyField(mountContentField(number), "digest", content)];
}

/** What of a mount decides the result beside its files. Where those of a bind come from does not. */
function mountOptions(mount: PlannedMount): Readonly<Record<string, string | number | undefined>> {
  switch (mount.type) {
    case "bind": {
      const { type, target, access } = mount;
      return { type, target, access };
    }
    case "cache": {
      const { type, target, id, sharing, source, access, mode, uid, gid } = mount;
      return { type, target, id, sharing, source, access, mode, uid, gid };
    }
    case "tmpfs": {
      const { type, target, sizeBytes } = mount;
      return { type, target, size: sizeBytes };
    }
    case "secret": {
      const { type, target, id, variable, need, mode, uid, gid } = mount;
      return { type, target, id, variable, need, mode, uid, gid };
    }
    case "ssh": {
      const { type, target, id, need, mode, uid, gid } = mount;
      return { type, target, id, need, mode, uid, gid };
    }
  }
}

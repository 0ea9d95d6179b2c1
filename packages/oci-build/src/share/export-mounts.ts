import { type CacheExport, layerForm } from "@oci-build/cache";
import type { HostFolders } from "@oci-build/executor";
import { type ContentDigest, isOciBuildError, writeLayer } from "@oci-build/oci";
import { contentDigest } from "@oci-build/snapshot";
import { readRunFields } from "../explain/run-reasons.js";
import { layerEncoding } from "../options/compression.js";
import type { CacheMount } from "../plan/run-step.js";
import type { StagePlan } from "../plan/step.js";
import { cacheVariant } from "../solve/cache-request.js";
import { mountContentField } from "../solve/run-key.js";
import type { ExportedBuild } from "./export-build.js";
import { mountKey } from "./shared-keys.js";

/** A cache mount of a build, and the content that it began with. */
interface UsedMount {
  readonly mount: CacheMount;
  readonly base: ContentDigest | undefined;
}

/** Exports what is in the cache mounts of some stages' commands, whether these were run or taken from the cache. A mount
 * that somebody uses is waited for. One that cannot be read is left out, with a warning. */
export async function exportMounts(
  stages: readonly StagePlan[],
  build: ExportedBuild,
  target: CacheExport,
): Promise<void> {
  const mounts = usedMounts(stages, build.steps);
  if (mounts.length === 0) return;
  const { executors } = build.session;
  if (executors.fidelity !== "full") {
    const message = "cache mounts are not exported: their files have lost their owners here";
    build.emit({ type: "warning", code: "EXECUTOR_SINGLE_ID", message });
    return;
  }
  const { folders } = await executors.open();
  for (const used of mounts) {
    try {
      await exportMount(used, { ...build, target, folders });
    } catch (error) {
      if (!isOciBuildError(error) || error.code.startsWith("CACHE_")) throw error;
      const message = `the cache mount ${used.mount.id} is not exported: ${error.message}`;
      build.emit({ type: "warning", code: error.code, message });
    }
  }
}

function usedMounts(stages: readonly StagePlan[], logged: ExportedBuild["steps"]): readonly UsedMount[] {
  const used = new Map<string, UsedMount>();
  const fieldsOf = new Map(logged.map(({ id, fields }) => [id, readRunFields(fields)]));
  for (const step of stages.flatMap(({ steps }) => steps)) {
    if (step.kind !== "run") continue;
    for (const [index, mount] of step.mounts.entries()) {
      if (mount.type !== "cache") continue;
      const field = fieldsOf.get(step.id)?.find(({ name }) => name === mountContentField(index + 1));
      const base = field?.kind === "digest" ? (field.value as ContentDigest) : undefined;
      used.set(mountKey(mount, base).digest, { mount, base });
    }
  }
  return [...used.values()];
}

interface Exporting extends ExportedBuild {
  readonly target: CacheExport;
  readonly folders: HostFolders;
}

async function exportMount({ mount, base }: UsedMount, exporting: Exporting): Promise<void> {
  const { session, prepared, target, folders, signal } = exporting;
  const { id, mode, uid, gid } = mount;
  const variant = cacheVariant(
    { mount, base: base === undefined ? undefined : { content: base } },
    folders.space,
  );
  if (!(await session.cache.hasMount({ id, variant }))) return;
  // Gone since it was asked for: then it is an empty one.
  const make = (folder: string): Promise<void> => folders.make(folder, { mode, uid, gid });
  const lease = await session.cache.takeMounts([{ id, variant, sharing: "locked", make }], { signal });
  try {
    const encoding = layerEncoding(prepared.options.compression, { kind: "keep" });
    const { compression, level } = encoding;
    await target.addLayer(mountKey(mount, base), {
      stepName: `cache mount ${id}`,
      form: layerForm(encoding),
      digestOf: ({ tree }) => contentDigest(tree.entries),
      write: (reuse) => (sink, sinkDigest) =>
        writeLayer(folders.read(lease.folders[0] ?? "", signal), sink, {
          ...{ compression, level, reuse, sinkDigest, signal },
        }),
    });
  } finally {
    await lease.release();
  }
}

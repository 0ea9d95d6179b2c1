import type { Project } from "@oci-build/cache";
import type { DockerfileText } from "../input/read-dockerfile.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import { formatPlatform } from "../plan/global-args.js";

/** What two builds have in common that are to be compared: the context, the Dockerfile, the target and the platform. A
 * context in memory has no place that tells it from others; there the first name counts too. */
export function projectOf(
  { context, target, targetPlatform, names }: ResolvedOptions,
  { label, location }: DockerfileText,
): Project {
  const dockerfile = location?.path ?? label;
  const platform = formatPlatform(targetPlatform);
  const name = context.kind === "virtual" ? names[0] : undefined;
  return {
    id: JSON.stringify([context.kind, context.root, dockerfile, target ?? "", platform, name ?? ""]),
    context: context.root,
    dockerfile,
    target,
    platform,
  };
}

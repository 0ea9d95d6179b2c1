import type { CheckOptions } from "@oci-build/dockerfile";
import { baseConfig } from "../plan/base-config.js";
import { formatPlatform, globalArgs } from "../plan/global-args.js";
import type { PlanInput } from "../plan/plan-input.js";
import { resolveBases } from "../plan/stage-base.js";
import { imageKey } from "./image-resolver.js";
import { findContext } from "./named-context.js";

/** What checks of a Dockerfile may know of its images. As in BuildKit, the platform of what a named context stands for
 * is its giver's business. */
export function imageFacts(input: PlanInput): NonNullable<CheckOptions["baseImage"]> {
  const bases = resolveBases(input, globalArgs(input));
  return (_, { index }) => {
    const base = bases[index]?.base;
    if (base?.kind !== "image") return undefined;
    const image = input.images.get(imageKey(base.name, base.platform));
    if (image === undefined) return undefined;
    const { env, shell } = baseConfig(image.config);
    const isContext = findContext(input.contexts, base.name) !== undefined;
    return {
      platform: isContext ? undefined : formatPlatform(image.platform),
      environment: env,
      shell: shell === undefined ? "unset" : "set",
    };
  };
}

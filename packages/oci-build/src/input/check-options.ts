import type { CheckOptions } from "@oci-build/dockerfile";
import type { ResolvedOptions } from "../options/resolve-options.js";
import { formatPlatform } from "../plan/global-args.js";
import { ignoreFacts } from "./ignore-facts.js";
import type { IgnoreRules } from "./read-ignore-file.js";

/** What a build's options and ignore file tell the checks of its Dockerfile. */
export function checkOptions(
  { buildArgs, target, targetPlatform, buildPlatform }: ResolvedOptions,
  ignore: IgnoreRules | undefined,
  baseImage?: CheckOptions["baseImage"],
): CheckOptions {
  return {
    check: buildArgs.get("BUILDKIT_DOCKERFILE_CHECK"),
    buildArgs,
    target,
    targetPlatform: formatPlatform(targetPlatform),
    buildPlatform: formatPlatform(buildPlatform),
    baseImage,
    ...ignoreFacts(ignore),
  };
}

import type { DockerfileStages } from "@oci-build/dockerfile";
import type { Platform } from "@oci-build/oci";
import { expandToText } from "./expand.js";
import type { PlanInput } from "./plan-input.js";

/** What FROM sees and what an ARG without a default takes over: the platform arguments, `TARGETSTAGE`, and the
 * ARGs before the first FROM, each of which sees the ones before it. */
export function globalArgs(
  input: Pick<
    PlanInput,
    "buildArgs" | "buildPlatform" | "dockerfile" | "escape" | "target" | "targetPlatform"
  >,
): ReadonlyMap<string, string> {
  const env = new Map<string, string>([
    ...platformArgs("BUILD", input.buildPlatform),
    ...platformArgs("TARGET", input.targetPlatform),
    ["TARGETSTAGE", input.target ?? lastStageName(input.dockerfile)] as const,
  ]);
  for (const arg of input.dockerfile.globalArgs.flatMap((instruction) => instruction.args)) {
    const name = arg.name.text;
    const value =
      input.buildArgs.get(name) ??
      (arg.default === undefined ? undefined : expandToText({ env, input }, arg.default));
    if (value !== undefined) env.set(name, value);
  }
  return env;
}

/** A platform as its arguments and flags spell it: `linux/arm64/v8`. */
export function formatPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter(Boolean).join("/");
}

function platformArgs(prefix: "BUILD" | "TARGET", platform: Platform): [string, string][] {
  return [
    [`${prefix}PLATFORM`, formatPlatform(platform)],
    [`${prefix}OS`, platform.os],
    [`${prefix}OSVERSION`, platform["os.version"] ?? ""],
    [`${prefix}ARCH`, platform.architecture],
    [`${prefix}VARIANT`, platform.variant ?? ""],
  ];
}

function lastStageName(dockerfile: DockerfileStages): string {
  return dockerfile.stages.at(-1)?.name ?? "";
}

import type { Difference } from "./difference.js";
import { onlyBuildahBuilds } from "./only-buildah-builds.js";
import { onlyWeBuild } from "./only-we-build.js";
import { otherConfigs } from "./other-configs.js";
import { otherFiles } from "./other-files.js";

/** The allowed differences from buildah 1.28.2, with the names of their cases. */
export const differences: readonly (readonly [name: string, Difference])[] = [
  ...onlyWeBuild.flatMap(({ why, ours }) =>
    Object.entries(ours).map(([name, lines]) => [name, { why, ours: lines, buildah: ["fails"] }] as const),
  ),
  ...onlyBuildahBuilds.flatMap(({ why, cases }) =>
    cases.map((name) => [name, { why, ours: ["fails"], buildah: ["builds"] }] as const),
  ),
  ...Object.entries(otherFiles),
  ...Object.entries(otherConfigs),
];

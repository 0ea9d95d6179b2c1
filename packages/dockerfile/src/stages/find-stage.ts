import type { DockerfileStages, Stage } from "./stage.js";

/** The stage with a name, letter case aside, or with an index. Of stages with one name the last counts, as in
 * BuildKit. A text is always a name: `"0"` names no stage. */
export function findStage({ stages }: DockerfileStages, nameOrIndex: string | number): Stage | undefined {
  if (typeof nameOrIndex === "number") return stages[nameOrIndex];
  const name = nameOrIndex.toLowerCase();
  return stages.findLast((stage) => stage.name === name);
}

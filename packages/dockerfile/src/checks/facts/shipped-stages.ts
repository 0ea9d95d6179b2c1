import { allDependencies } from "../../stages/all-dependencies.js";
import type { DockerfileStages } from "../../stages/stage.js";
import { stageGraph } from "../../stages/stage-graph.js";
import type { StageBase } from "./stage-bases.js";

/** The stages whose layers are in an image that is used: the last one, those that no other refers to, and the bases
 * of all these. The others only lend files, so what they leave behind does no harm. */
export function shippedStages(stages: DockerfileStages, bases: readonly StageBase[]): ReadonlySet<number> {
  const graph = stageGraph(stages, { baseName: ({ index }) => bases[index]?.image.value ?? "" });
  const referred = new Set<number>();
  for (const need of allDependencies(stages, graph)) if (need.kind === "stage") referred.add(need.index);
  const shipped = new Set<number>();
  for (const { index } of stages.stages) {
    const isTarget = index === stages.stages.length - 1 || !referred.has(index);
    for (let at: number | undefined = isTarget ? index : undefined; at !== undefined && !shipped.has(at); ) {
      shipped.add(at);
      at = bases[at]?.parent;
    }
  }
  return shipped;
}

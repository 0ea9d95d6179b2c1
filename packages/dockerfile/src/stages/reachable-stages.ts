import type { DockerfileStages } from "./stage.js";
import { type DependencyOptions, type StageDependency, stageGraph } from "./stage-graph.js";

/** The indexes of the stages that a target needs, itself included, ascending; also what ONBUILD triggers need. */
export function reachableStages(
  stages: DockerfileStages,
  targetIndex: number,
  options: DependencyOptions = {},
): readonly number[] {
  const graph = stageGraph(stages, options);
  const reached = new Set<number>();
  const triggered = new Set<number>();
  const open = stages.stages[targetIndex] === undefined ? [] : [targetIndex];
  const follow = (needs: readonly StageDependency[]) => {
    for (const need of needs) if (need.kind === "stage") open.push(need.index);
  };
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (reached.has(index)) continue;
    reached.add(index);
    follow(graph.own(index));
    const parent = graph.parent(index);
    if (parent === undefined) continue;
    open.push(parent);
    if (triggered.has(parent)) continue;
    triggered.add(parent);
    follow(graph.triggers(parent));
  }
  return [...reached].sort((a, b) => a - b);
}

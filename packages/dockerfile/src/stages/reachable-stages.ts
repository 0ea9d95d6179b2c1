import type { DockerfileStages } from "./stage.js";
import { type DependencyOptions, dependencyReader } from "./stage-dependencies.js";

/** The indexes of the stages that a target needs, itself included, ascending. */
export function reachableStages(
  stages: DockerfileStages,
  targetIndex: number,
  options: DependencyOptions = {},
): readonly number[] {
  const dependenciesOf = dependencyReader(stages, options);
  const reached = new Set<number>();
  const open = stages.stages[targetIndex] === undefined ? [] : [targetIndex];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (reached.has(index)) continue;
    reached.add(index);
    for (const dependency of dependenciesOf(index)) {
      if (dependency.kind === "stage") open.push(dependency.index);
    }
  }
  return [...reached].sort((a, b) => a - b);
}

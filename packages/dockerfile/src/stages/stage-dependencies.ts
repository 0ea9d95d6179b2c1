import type { DockerfileStages } from "./stage.js";
import { type DependencyOptions, type StageDependency, stageGraph } from "./stage-graph.js";

/** What the stage at an index needs, in the order in which it runs: its base, what the base's ONBUILD triggers need,
 * then its own instructions. FROM knows only stages above it, by their names in lower case; COPY --from any stage by
 * index or name, also below; RUN --mount any by name. What names no stage is an image. */
export function stageDependencies(
  stages: DockerfileStages,
  index: number,
  options: DependencyOptions = {},
): readonly StageDependency[] {
  const graph = stageGraph(stages, options);
  const base = graph.base(index);
  const parent = graph.parent(index);
  if (base === undefined) return [];
  return [base, ...(parent === undefined ? [] : graph.triggers(parent)), ...graph.own(index)];
}

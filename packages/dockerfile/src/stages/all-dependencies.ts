import type { DockerfileStages } from "./stage.js";
import type { StageDependency, StageGraph } from "./stage-graph.js";

/** What all stages need, each reference once: those in triggers only where a stage runs them. */
export function allDependencies({ stages }: DockerfileStages, graph: StageGraph): readonly StageDependency[] {
  const needs: StageDependency[] = [];
  const triggered = new Set<number>();
  for (const { index } of stages) {
    const base = graph.base(index);
    const parent = graph.parent(index);
    if (base !== undefined) needs.push(base);
    for (const need of graph.own(index)) needs.push(need);
    if (parent === undefined || triggered.has(parent)) continue;
    triggered.add(parent);
    for (const need of graph.triggers(parent)) needs.push(need);
  }
  return needs;
}

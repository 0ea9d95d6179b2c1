import type { StageDependency, StageGraph } from "./stage-graph.js";

/** A need for a stage. */
export type StageEdge = Extract<StageDependency, { kind: "stage" }>;

/** A way to another node. The one from a stage to the triggers of its base has no need of its own. */
interface Step {
  readonly to: number;
  readonly edge?: StageEdge | undefined;
}

interface Visit {
  readonly node: number;
  readonly steps: readonly Step[];
  next: number;
}

/** The depth of a node that the walk is done with. */
const left = -1;

/** The needs that close a circle, one for each, by a depth-first walk without recursion. Nodes are the stages and, for
 * each, what its triggers need, which all stages on it share. */
export function findCircles(stageCount: number, graph: StageGraph): readonly StageEdge[] {
  const depths = new Map<number, number>();
  const found: StageEdge[] = [];
  const path: Visit[] = [];
  const enter = (node: number) => {
    depths.set(node, path.length);
    path.push({ node, steps: stepsFrom(node, graph), next: 0 });
  };
  for (let index = 0; index < stageCount; index += 1) {
    if (!depths.has(stageNode(index))) enter(stageNode(index));
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const step = top.steps[top.next++];
      if (step === undefined) {
        depths.set(top.node, left);
        path.pop();
        continue;
      }
      const depth = depths.get(step.to);
      if (depth === undefined) enter(step.to);
      // Back in the triggers that the walk came through, it is the need by which it left them.
      const closing = depth === undefined || depth === left ? undefined : path[depth];
      const edge = closing && (step.edge ?? closing.steps[closing.next - 1]?.edge);
      if (edge !== undefined) found.push(edge);
    }
  }
  return found;
}

function stageNode(index: number): number {
  return index * 2;
}

function triggersNode(index: number): number {
  return index * 2 + 1;
}

function stepsFrom(node: number, graph: StageGraph): readonly Step[] {
  const index = Math.floor(node / 2);
  if (node === triggersNode(index)) return toSteps(graph.triggers(index));
  const parent = graph.parent(index);
  const steps = toSteps(graph.own(index));
  if (parent === undefined) return steps;
  return [...toSteps([graph.base(index)]), { to: triggersNode(parent) }, ...steps];
}

function toSteps(needs: readonly (StageDependency | undefined)[]): readonly Step[] {
  return needs.flatMap((need) => (need?.kind === "stage" ? [{ to: stageNode(need.index), edge: need }] : []));
}

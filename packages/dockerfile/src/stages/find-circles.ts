import type { StageDependency, StageGraph } from "./stage-graph.js";

/** A need for a stage. */
export type StageEdge = Extract<StageDependency, { kind: "stage" }>;

/** A stage, or what the triggers of a stage need, which all stages on it share. */
interface Node {
  readonly kind: "stage" | "triggers";
  readonly index: number;
}

/** A way to another node. The one from a stage to the triggers of its base has no reference. */
interface Step {
  readonly to: Node;
  readonly edge?: StageEdge | undefined;
}

interface Visit {
  readonly node: Node;
  readonly steps: readonly Step[];
  next: number;
}

/** The needs that close a circle, one for each, by a depth-first walk without recursion. */
export function findCircles(stageCount: number, graph: StageGraph): readonly StageEdge[] {
  const depths = new Map<number, number>();
  const found: StageEdge[] = [];
  const path: Visit[] = [];
  const enter = (node: Node) => {
    depths.set(keyOf(node), path.length);
    path.push({ node, steps: stepsFrom(node, graph), next: 0 });
  };
  for (let index = 0; index < stageCount; index += 1) {
    const root = { kind: "stage", index } as const;
    if (!depths.has(keyOf(root))) enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const step = top.steps[top.next];
      top.next += 1;
      const depth = step === undefined ? undefined : depths.get(keyOf(step.to));
      if (step === undefined) {
        depths.set(keyOf(top.node), left);
        path.pop();
      } else if (depth === undefined) enter(step.to);
      else if (depth !== left) {
        const edge = closingEdge(step, path[depth]);
        if (edge !== undefined) found.push(edge);
      }
    }
  }
  return found;
}

/** The depth of a node that the walk is done with. */
const left = -1;

function keyOf({ kind, index }: Node): number {
  return index * 2 + (kind === "stage" ? 0 : 1);
}

function stepsFrom({ kind, index }: Node, graph: StageGraph): readonly Step[] {
  if (kind === "triggers") return graph.triggers(index).flatMap(toStep);
  const base = graph.base(index);
  const parent = graph.parent(index);
  return [
    ...(base === undefined ? [] : toStep(base)),
    ...(parent === undefined ? [] : [{ to: { kind: "triggers", index: parent } } as const]),
    ...graph.own(index).flatMap(toStep),
  ];
}

function toStep(need: StageDependency): readonly Step[] {
  return need.kind === "stage" ? [{ to: { kind: "stage", index: need.index }, edge: need }] : [];
}

/** The need behind the step that closes a circle: its own, or that of the trigger by which the walk left the triggers
 * that it comes back to. */
function closingEdge({ edge }: Step, target: Visit | undefined): StageEdge | undefined {
  return edge ?? target?.steps[target.next - 1]?.edge;
}

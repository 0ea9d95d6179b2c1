import type { Report } from "../diagnostics/report.js";
import type { DockerfileStages } from "./stage.js";
import { dependencyReader, type StageDependency } from "./stage-dependencies.js";

type StageEdge = Extract<StageDependency, { kind: "stage" }>;

/** Reports COPY --from with an index that no stage has, and stages that need themselves, directly or through
 * others. COPY --from and RUN --mount may name later stages, so circles can be written. */
export function checkReferences(stages: DockerfileStages, report: Report): void {
  const dependenciesOf = dependencyReader(stages);
  const edges = stages.stages.map(({ index }) => dependenciesOf(index));
  for (const dependency of edges.flat()) {
    if (dependency.kind !== "missing") continue;
    report({
      rule: "DOCKERFILE_UNKNOWN_STAGE",
      message: `there is no stage with index ${dependency.reference.text}, the last is ${String(stages.stages.length - 1)}`,
      span: dependency.reference.span,
    });
  }
  for (const edge of findBackEdges(edges)) {
    report({
      rule: "DOCKERFILE_STAGE_CYCLE",
      message: `stage ${JSON.stringify(stages.stages[edge.index]?.name ?? edge.index)} depends on itself through this`,
      span: edge.reference.span,
      notes: stageNote(stages, edge),
    });
  }
}

function stageNote(
  stages: DockerfileStages,
  edge: StageEdge,
): readonly { message: string; span: Stage["span"] }[] {
  const stage = stages.stages[edge.index];
  return stage === undefined ? [] : [{ message: "the stage begins here", span: stage.from.keyword.span }];
}

type Stage = DockerfileStages["stages"][number];

/** The edges that close a circle, by a depth-first walk without recursion. */
function findBackEdges(edges: readonly (readonly StageDependency[])[]): readonly StageEdge[] {
  const state = new Map<number, "open" | "done">();
  const found: StageEdge[] = [];
  for (const root of edges.keys()) {
    const path = state.has(root) ? [] : [{ index: root, next: 0 }];
    if (path.length > 0) state.set(root, "open");
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const edge = edges[top.index]?.[top.next];
      top.next += 1;
      if (edge === undefined) {
        state.set(top.index, "done");
        path.pop();
      } else if (edge.kind === "stage" && state.get(edge.index) === "open") found.push(edge);
      else if (edge.kind === "stage" && !state.has(edge.index)) {
        state.set(edge.index, "open");
        path.push({ index: edge.index, next: 0 });
      }
    }
  }
  return found;
}

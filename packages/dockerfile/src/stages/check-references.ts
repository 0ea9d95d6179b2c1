import type { DiagnosticNote } from "../diagnostics/diagnostic.js";
import type { Report } from "../diagnostics/report.js";
import { allDependencies } from "./all-dependencies.js";
import { findCircles, type StageEdge } from "./find-circles.js";
import type { DockerfileStages } from "./stage.js";
import { type StageDependency, stageGraph } from "./stage-graph.js";

/** Reports COPY --from with an index that no stage has, and stages that need themselves, directly or through
 * others. COPY --from and RUN --mount may name later stages, so circles can be written. */
export function checkReferences(stages: DockerfileStages, report: Report): void {
  const graph = stageGraph(stages);
  for (const need of allDependencies(stages, graph)) {
    if (need.kind !== "missing") continue;
    report({
      rule: "DOCKERFILE_UNKNOWN_STAGE",
      severity: severityOf(need),
      message: `there is no stage with index ${need.reference.text}, the last is ${String(stages.stages.length - 1)}`,
      span: need.reference.span,
    });
  }
  for (const edge of findCircles(stages.stages.length, graph)) {
    report({
      rule: "DOCKERFILE_STAGE_CYCLE",
      severity: severityOf(edge),
      message: `stage ${JSON.stringify(stages.stages[edge.index]?.name ?? edge.index)} depends on itself through this`,
      span: edge.reference.span,
      notes: stageNote(stages, edge),
    });
  }
}

/** BuildKit resolves triggers only in the build of a stage that runs them, so all other stages can be built. */
function severityOf({ origin }: StageDependency): "error" | "warning" {
  return origin === "trigger" ? "warning" : "error";
}

function stageNote({ stages }: DockerfileStages, edge: StageEdge): readonly DiagnosticNote[] {
  const stage = stages[edge.index];
  return stage === undefined ? [] : [{ message: "the stage begins here", span: stage.from.keyword.span }];
}

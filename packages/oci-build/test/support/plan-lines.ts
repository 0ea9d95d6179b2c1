import { parseDockerfile } from "@oci-build/dockerfile";
import { isOciBuildError } from "@oci-build/oci";
import { planBuild } from "../../src/plan/plan-build.js";
import type { PlanInput } from "../../src/plan/plan-input.js";
import type { BuildPlan } from "../../src/plan/step.js";

/** The platform that tests plan for. */
export const amd64 = { os: "linux", architecture: "amd64" } as const;

/** What a plan of some lines goes by: nothing but these lines, unless `options` say more. */
export function planInput(lines: readonly string[], options: Partial<PlanInput> = {}): PlanInput {
  const { ast, stages } = parseDockerfile(`${lines.join("\n")}\n`);
  return {
    dockerfile: stages,
    escape: ast.escape,
    buildArgs: new Map(),
    labels: new Map(),
    targetPlatform: amd64,
    platformChoice: "explicit",
    buildPlatform: amd64,
    contexts: new Map(),
    run: { allow: new Set(), network: "default" },
    images: new Map(),
    ...options,
  };
}

/** The plan of some lines. */
export function planOf(lines: readonly string[], options: Partial<PlanInput> = {}): BuildPlan {
  return planBuild(planInput(lines, options), "Dockerfile");
}

/** How a plan is refused; `told` are the findings as `LINE RULE`. */
export interface Refusal {
  readonly code: string;
  readonly told: readonly string[];
  readonly hint: string | undefined;
}

/** The refusal of something that is not to be planned. */
export function refusalOf(plan: () => unknown): Refusal {
  try {
    plan();
  } catch (error) {
    if (!isOciBuildError(error)) throw error;
    const { diagnostics = [] } = error.data as {
      diagnostics?: readonly { rule: string; span: { start: { line: number } } }[];
    };
    const told = diagnostics.map(({ rule, span }) => `${span.start.line} ${rule}`);
    return { code: error.code, told, hint: error.hint };
  }
  throw new Error("expected an error");
}

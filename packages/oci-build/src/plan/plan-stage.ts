import {
  planArg,
  planCmd,
  planEntrypoint,
  planEnv,
  planExpose,
  planHealthcheck,
  planLabel,
  planMaintainer,
  planOnBuild,
  planShell,
  planStopSignal,
  planUser,
  planVolume,
} from "./config-instructions.js";
import { draftOf, scratchConfig } from "./container-config.js";
import { planCopy, planWorkdir } from "./file-instructions.js";
import { PlanError } from "./plan-error.js";
import type { PlanInput } from "./plan-input.js";
import { type ResolvedStage, resolveCopyFrom, type StageInstruction } from "./resolve-stages.js";
import type { StageNames } from "./stage-names.js";
import type { StageState } from "./stage-state.js";
import type { CopyOrigin, StagePlan } from "./step.js";

/** A planned stage, and the variables that a stage built on it starts with. */
export interface PlannedStage {
  readonly plan: StagePlan;
  readonly env: ReadonlyMap<string, string>;
}

/** What planning a stage needs besides the stage. `base` is the planned stage that it stands on, if any. */
export interface StageContext {
  readonly input: PlanInput;
  readonly globals: ReadonlyMap<string, string>;
  readonly stages: StageNames;
  readonly base: PlannedStage | undefined;
}

const STEP_KINDS: ReadonlySet<string> = new Set(["add", "copy", "run", "workdir"]);

/** Plans one stage whose base is scratch or a planned stage. */
export function planStage(resolved: ResolvedStage, context: StageContext): PlannedStage {
  const state = startState(resolved, context);
  for (const instruction of resolved.instructions) planInstruction(state, instruction, context);
  const { stage, base } = resolved;
  if (base.kind === "image") throw new PlanError("BUILD_UNSUPPORTED", stage.from.image.span, "a remote base");
  return {
    plan: {
      index: stage.index,
      name: stage.name,
      base,
      platform: state.platform,
      steps: state.steps,
      config: state.config,
      author: state.author,
      history: state.history,
    },
    env: state.env,
  };
}

function startState(resolved: ResolvedStage, { input, base, stages }: StageContext): StageState {
  const { stage, instructions } = resolved;
  const config = draftOf(base?.plan.config ?? scratchConfig(input.targetPlatform.os));
  const prefix = stages.count === 1 ? "" : `${stage.name ?? `stage-${stage.index}`} `;
  return {
    input,
    index: stage.index,
    name: stage.name,
    platform: input.targetPlatform,
    env: new Map([...(base?.env ?? []), ...config.env]),
    config,
    author: base?.plan.author,
    steps: [],
    history: [],
    ownCmd: false,
    numbering: {
      prefix,
      total: instructions.filter(({ instruction }) => STEP_KINDS.has(instruction.kind)).length,
      last: 0,
    },
  };
}

function planInstruction(
  state: StageState,
  { instruction }: StageInstruction,
  { globals, stages }: StageContext,
): void {
  switch (instruction.kind) {
    case "add":
      planCopy(state, instruction, { kind: "context" });
      break;
    case "copy":
      planCopy(state, instruction, copyOrigin(stages, state.index, instruction.from));
      break;
    case "workdir":
      planWorkdir(state, instruction);
      break;
    case "env":
      planEnv(state, instruction);
      break;
    case "label":
      planLabel(state, instruction);
      break;
    case "arg":
      planArg(state, instruction, globals);
      break;
    case "user":
      planUser(state, instruction);
      break;
    case "volume":
      planVolume(state, instruction);
      break;
    case "expose":
      planExpose(state, instruction);
      break;
    case "stopsignal":
      planStopSignal(state, instruction);
      break;
    case "healthcheck":
      planHealthcheck(state, instruction);
      break;
    case "shell":
      planShell(state, instruction);
      break;
    case "cmd":
      planCmd(state, instruction);
      break;
    case "entrypoint":
      planEntrypoint(state, instruction);
      break;
    case "maintainer":
      planMaintainer(state, instruction);
      break;
    case "onbuild":
      planOnBuild(state, instruction);
      break;
    case "run":
      throw new PlanError("BUILD_UNSUPPORTED", instruction.span, "RUN");
  }
}

function copyOrigin(
  stages: StageNames,
  current: number,
  from: Parameters<typeof resolveCopyFrom>[2],
): CopyOrigin {
  const origin = resolveCopyFrom(stages, current, from);
  if (origin.kind !== "image") return origin;
  throw new PlanError("BUILD_UNSUPPORTED", from?.span ?? nowhere(), "COPY from a remote image");
}

function nowhere(): never {
  throw new TypeError("an image is only named by --from");
}

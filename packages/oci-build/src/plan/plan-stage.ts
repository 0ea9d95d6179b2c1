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
import { planCopy, planWorkdir } from "./file-instructions.js";
import type { PlanInput } from "./plan-input.js";
import { planRun } from "./plan-run.js";
import {
  type CopyNames,
  type NamedOrigin,
  type ResolvedStage,
  resolveCopyFrom,
  resolveMountFrom,
  type StageInstruction,
} from "./resolve-stages.js";
import { knownImage, startStage } from "./stage-start.js";
import type { StageState } from "./stage-state.js";
import type { CopyOrigin, StagePlan } from "./step.js";

/** A planned stage, and what a stage built on it starts with. */
export interface PlannedStage extends Pick<StageState, "platform" | "imagePlatform"> {
  readonly plan: StagePlan;
  readonly env: ReadonlyMap<string, string>;
  readonly args: ReadonlySet<string>;
}

/** What planning a stage needs besides the stage. `base` is the planned stage that it stands on, if any. */
export interface StageContext {
  readonly input: PlanInput;
  readonly globals: ReadonlyMap<string, string>;
  readonly names: CopyNames;
  readonly base: PlannedStage | undefined;
}

/** Plans one stage whose base is a planned stage or known. */
export function planStage(resolved: ResolvedStage, context: StageContext): PlannedStage {
  const { base, state } = startStage(resolved, context);
  for (const instruction of resolved.instructions) planInstruction(state, instruction, context);
  const { stage } = resolved;
  const { input } = context;
  const { platform, imagePlatform } = state;
  return {
    plan: {
      index: stage.index,
      name: stage.name,
      base,
      platform: input.platformChoice === "explicit" ? input.targetPlatform : imagePlatform,
      steps: state.steps,
      config: state.config,
      author: state.author,
      history: state.history,
    },
    env: state.env,
    args: state.args,
    platform,
    imagePlatform,
  };
}

function planInstruction(state: StageState, { instruction }: StageInstruction, context: StageContext): void {
  switch (instruction.kind) {
    case "add":
      planCopy(state, instruction, { kind: "context" });
      break;
    case "copy":
      planCopy(state, instruction, copyOrigin(context, state.index, instruction.from));
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
      planArg(state, instruction, context.globals);
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
      planRun(state, instruction, (from) => mountOrigin(context, state.index, from));
      break;
  }
}

function copyOrigin(
  context: StageContext,
  current: number,
  from: Parameters<typeof resolveCopyFrom>[2],
): CopyOrigin {
  return knownOrigin(resolveCopyFrom(context.names, current, from), context);
}

function mountOrigin(
  context: StageContext,
  current: number,
  from: Parameters<typeof resolveMountFrom>[2],
): CopyOrigin {
  return knownOrigin(resolveMountFrom(context.names, current, from), context);
}

function knownOrigin(origin: NamedOrigin, { input }: StageContext): CopyOrigin {
  if (origin.kind !== "image") return origin;
  return { kind: "image", image: knownImage({ ...origin, platform: input.targetPlatform }, input) };
}

import type { Platform } from "@oci-build/oci";
import { type BaseImage, pinnedName } from "../base/base-image.js";
import { imageKey } from "../base/image-resolver.js";
import { baseConfig } from "./base-config.js";
import { type ContainerConfig, draftOf, scratchConfig } from "./container-config.js";
import type { PlanInput } from "./plan-input.js";
import type { PlannedStage, StageContext } from "./plan-stage.js";
import type { ResolvedStage } from "./resolve-stages.js";
import type { StageState } from "./stage-state.js";
import type { CopyStep, FromStep, StageBase } from "./step.js";

const STEP_KINDS: ReadonlySet<string> = new Set(["add", "copy", "run", "workdir"]);

/** Where a stage begins: its base, and what is known before its first instruction. */
export interface StageStart {
  readonly base: StageBase;
  readonly state: StageState;
}

/** What a stage takes over from its base. */
interface Inherited {
  readonly config: ContainerConfig;
  /** What RUN and shell forms are for. */
  readonly platform: Platform;
  readonly imagePlatform: Platform;
  readonly author: string | undefined;
  readonly variables: ReadonlyMap<string, string>;
  readonly args: ReadonlySet<string>;
}

/** The state of a stage before its first instruction. As with BuildKit a FROM that names an image counts as a step. */
export function startStage(resolved: ResolvedStage, context: StageContext): StageStart {
  const { input, names } = context;
  const { stage, base, instructions } = resolved;
  const { config, platform, imagePlatform, author, variables, args } = inheritedBy(resolved, context);
  const draft = draftOf(config);
  const ownSteps = instructions.filter(({ instruction }) => STEP_KINDS.has(instruction.kind)).length;
  const hasFromStep = base.kind === "image" || base.kind === "folder";
  const state: StageState = {
    input,
    index: stage.index,
    name: stage.name,
    platform,
    imagePlatform,
    env: new Map([...variables, ...draft.env]),
    args: new Set(args),
    config: draft,
    author,
    steps: [],
    history: [],
    ownCmd: false,
    numbering: {
      prefix: names.count === 1 ? "" : `${stage.name ?? `stage-${stage.index}`} `,
      total: ownSteps + (hasFromStep ? 1 : 0),
      last: hasFromStep ? 1 : 0,
    },
  };
  if (base.kind === "folder") takeFolder(state, resolved, base.name);
  return { base: stageBase(state, resolved, input), state };
}

function inheritedBy({ base }: ResolvedStage, { input, base: parent }: StageContext): Inherited {
  const platform = input.targetPlatform;
  const none = { author: undefined, variables: new Map<string, string>(), args: new Set<string>() };
  if (parent !== undefined) return inheritedFrom(parent);
  if (base.kind !== "image") {
    return { config: scratchConfig(platform.os), platform, imagePlatform: platform, ...none };
  }
  const image = knownImage(base, input);
  return {
    config: baseConfig(image.config),
    platform: base.platform,
    imagePlatform: image.platform,
    ...none,
    author: image.config.author,
  };
}

function inheritedFrom({ plan, env, args, platform, imagePlatform }: PlannedStage): Inherited {
  return { config: plan.config, platform, imagePlatform, author: plan.author, variables: env, args };
}

function stageBase(state: StageState, { base, stage }: ResolvedStage, input: PlanInput): StageBase {
  if (base.kind === "stage") return base;
  if (base.kind !== "image") return { kind: "scratch" };
  const image = knownImage(base, input);
  const { text, span } = stage.from;
  const from: FromStep = { ...firstStep(state, `FROM ${pinnedName(image)}`), text, span, image };
  return { kind: "image", from };
}

/** A folder as a base is an image whose only layer holds what is in it. */
function takeFolder(state: StageState, { stage }: ResolvedStage, name: string): void {
  const { text, image, span } = stage.from;
  const step: CopyStep = {
    ...firstStep(state, `FROM ${name}`),
    ...{ kind: "copy", instruction: "COPY", text, span, variables: [] },
    origin: { kind: "named", name },
    sources: [{ path: ".", span: image.span }],
    inlineFiles: [],
    destination: "/",
    ...{ chown: undefined, chmod: undefined, exclude: [], parents: "drop", archives: "copy", base: "parent" },
  };
  state.steps.push(step);
  state.history.push({ createdBy: `COPY . / # build context ${name}`, stepId: step.id });
}

function firstStep({ index, numbering }: StageState, shown: string) {
  const { prefix, total } = numbering;
  const number = "1".padStart(String(total).length);
  return { id: `${index}.1`, name: `[${prefix}${number}/${total}] ${shown}`, stageIndex: index };
}

/** An image that was found before planning began. */
export function knownImage(
  { name, platform }: { readonly name: string; readonly platform: Platform },
  input: PlanInput,
): BaseImage {
  const image = input.images.get(imageKey(name, platform));
  if (image === undefined)
    throw new TypeError(`the image ${name} is to be known before its stage is planned`);
  return image;
}

import type { Span } from "@oci-build/dockerfile";
import type { Platform } from "@oci-build/oci";
import type { ConfigDraft } from "./container-config.js";
import { describeCommand, describeInstruction } from "./expand.js";
import type { PlanInput } from "./plan-input.js";
import type { RecordingScope } from "./recording-scope.js";
import type { PlannedHistory, Step, StepBase } from "./step.js";

/** What is known of a stage while its instructions are planned one after the other. */
export interface StageState {
  readonly input: PlanInput;
  readonly index: number;
  readonly name: string | undefined;
  /** What shell forms are for. */
  readonly platform: Platform;
  /** What the base says that it is for. */
  readonly imagePlatform: Platform;
  /** ENV and ARG values together, as BuildKit keeps them: the later one of a name wins. */
  readonly env: Map<string, string>;
  /** The names of all ARGs so far, those of the stages below included, in their order. */
  readonly args: Set<string>;
  config: ConfigDraft;
  author: string | undefined;
  readonly steps: Step[];
  readonly history: PlannedHistory[];
  /** Whether this stage has a CMD of its own: then ENTRYPOINT leaves it alone. */
  ownCmd: boolean;
  /** For `[name n/total]`. */
  readonly numbering: { readonly prefix: string; readonly total: number; last: number };
}

/** Adds a history line without a layer. */
export function recordHistory(state: StageState, createdBy: string): void {
  state.history.push({ createdBy });
}

/** An instruction as a step tells of it; `more` is shown behind its text. */
interface ToldInstruction {
  readonly kind: string;
  readonly text: string;
  readonly span: Span;
  readonly more?: string;
}

/** The identity of the stage's next step, and its name as progress shows it. */
export function nextStep(
  state: StageState,
  { kind, text, span, more = "" }: ToldInstruction,
  scope: RecordingScope,
): Omit<StepBase, "variables"> {
  const shown = kind === "run" ? describeCommand(scope, text + more) : describeInstruction(scope, text);
  const { numbering } = state;
  numbering.last += 1;
  const width = String(numbering.total).length;
  const number = String(numbering.last).padStart(width);
  return {
    id: `${state.index}.${numbering.last}`,
    name: `[${numbering.prefix}${number}/${numbering.total}] ${shown}`,
    stageIndex: state.index,
    span,
    text,
  };
}

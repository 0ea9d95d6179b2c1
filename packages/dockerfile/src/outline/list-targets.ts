import type { DockerfileStages, Stage } from "../stages/stage.js";
import type { Span } from "../tree/span.js";
import { describedBy } from "./description.js";

/** A stage that can be asked for. */
export interface Target {
  /** Absent for a stage without a name, which only the default can be. */
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** What FROM names, as written. */
  readonly base: string;
  readonly platform?: string | undefined;
  /** True for the stage that is built when none is named: the last. */
  readonly isDefault: boolean;
  readonly span: Span;
}

/** The stages that can be built, in the file's order: those with a name, and the last. */
export function listTargets({ stages }: DockerfileStages): readonly Target[] {
  const last = stages.length - 1;
  return stages
    .filter(({ name, index }) => name !== undefined || index === last)
    .map((stage) => targetOf(stage, last));
}

function targetOf({ name, index, from }: Stage, last: number): Target {
  return {
    name,
    description: name === undefined ? undefined : describedBy(from.comments, name),
    base: from.image.text,
    platform: from.platform?.text,
    isDefault: index === last,
    span: from.span,
  };
}

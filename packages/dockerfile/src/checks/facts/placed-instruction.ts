import type { Instruction } from "../../instructions/instruction.js";
import type { Stage } from "../../stages/stage.js";
import type { CheckFinding } from "../check-rule.js";

/** An instruction where it runs: in its own stage, or as an ONBUILD trigger in a stage built on that. */
export interface PlacedInstruction<I extends Instruction = Instruction> {
  readonly instruction: I;
  /** Where it runs; absent for ARGs before the first FROM. */
  readonly stage?: Stage | undefined;
  readonly origin: "own" | "trigger";
}

/** What a finding about an instruction says of it. */
export function ownedBy(placed: PlacedInstruction): Pick<CheckFinding, "owner" | "triggeredIn"> {
  return { owner: placed.instruction, triggeredIn: triggeredIn(placed) };
}

/** The stage in which a trigger runs; undefined for what is not a trigger. */
export function triggeredIn({ origin, stage }: PlacedInstruction): Stage | undefined {
  return origin === "trigger" ? stage : undefined;
}

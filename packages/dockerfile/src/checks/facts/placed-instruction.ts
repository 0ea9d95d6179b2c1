import type { Instruction } from "../../instructions/instruction.js";
import type { Stage } from "../../stages/stage.js";

/** An instruction where it runs: in its own stage, or as an ONBUILD trigger in a stage built on that. */
export interface PlacedInstruction<I extends Instruction = Instruction> {
  readonly instruction: I;
  /** Where it runs; absent for ARGs before the first FROM. */
  readonly stage?: Stage | undefined;
  readonly origin: "own" | "trigger";
}

/** The stage in which a trigger runs; undefined for what is not a trigger. */
export function triggeredIn({ origin, stage }: PlacedInstruction): Stage | undefined {
  return origin === "trigger" ? stage : undefined;
}

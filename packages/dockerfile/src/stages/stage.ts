import type { ArgInstruction, FromInstruction, Instruction } from "../instructions/instruction.js";
import type { Span } from "../tree/span.js";

/** A FROM and what follows it. */
export interface Stage {
  readonly index: number;
  /** Lower case, as BuildKit compares stage names. */
  readonly name?: string | undefined;
  readonly from: FromInstruction;
  /** Without the FROM, in order. */
  readonly instructions: readonly Exclude<Instruction, FromInstruction>[];
  readonly span: Span;
}

/** The typed view of a whole Dockerfile. */
export interface DockerfileStages {
  /** ARG instructions before the first FROM. */
  readonly globalArgs: readonly ArgInstruction[];
  readonly stages: readonly Stage[];
}

import type { Word } from "../../instructions/instruction.js";
import { type PlacedInstruction, triggeredIn } from "./placed-instruction.js";

/** More than a text has characters: V8's strings are shorter than 2^29. */
const offsetsMax = 2 ** 29;

/** A number for a word where it runs: a trigger has the same words in every stage, but not the same variables. */
export function placeKey({ span }: Pick<Word, "span">, placed: PlacedInstruction): number {
  const stage = triggeredIn(placed);
  return span.start.offset + (stage === undefined ? 0 : (stage.index + 1) * offsetsMax);
}

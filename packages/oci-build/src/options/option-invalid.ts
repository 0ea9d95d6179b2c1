import type { OciBuildError } from "@oci-build/oci";
import { type BuildErrorData, buildError } from "../errors.js";

/** An option whose value does not fit; `problem` says why, as a clause. */
export function optionInvalid(
  option: string,
  value: string,
  problem: string,
  hint?: string,
): OciBuildError<"OPTION_INVALID", BuildErrorData["OPTION_INVALID"]> {
  const shown = value === "" ? '""' : value;
  return buildError("OPTION_INVALID", {
    message: `${option} ${shown}: ${problem}`,
    data: { option, value },
    hint,
  });
}

/** A text that is one of some.
 * @throws OciBuildError OPTION_INVALID */
export function choiceOf<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((known) => known === text);
  if (choice !== undefined) return choice;
  throw optionInvalid(option, text, `it is one of ${choices.join(", ")}`);
}

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

import { buildError } from "../errors.js";

/** The error for an image that is not where it was looked for. */
export function missingImage(
  name: string,
  { problem, available = [] }: { readonly problem: string; readonly available?: readonly string[] },
): Error {
  return buildError("IMAGE_MISSING", {
    message: `there is no image ${name}: ${problem}`,
    data: { name, available },
    hint: available.length === 0 ? undefined : `There is ${available.join(", ")}.`,
  });
}

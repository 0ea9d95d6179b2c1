import { buildError } from "../errors.js";

interface MissingImage {
  readonly problem: string;
  /** What is there instead. */
  readonly available?: readonly string[];
  readonly hint?: string;
}

/** The error for an image that is not where it was looked for. */
export function missingImage(name: string, { problem, available = [], hint }: MissingImage): Error {
  return buildError("IMAGE_MISSING", {
    message: `there is no image ${name}: ${problem}`,
    data: { name, available },
    hint: hint ?? (available.length === 0 ? undefined : `There is ${available.join(", ")}.`),
  });
}

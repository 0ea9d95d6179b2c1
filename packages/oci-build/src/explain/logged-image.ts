import type { LoggedStep, StepRecord } from "@oci-build/cache";

/** The record of an image that has no steps, as a log has it: the project uses it, so that a prune leaves it. It is no
 * instruction's, and nothing is ever compared with it. */
export function loggedImage(record: StepRecord | undefined): readonly LoggedStep[] {
  if (record === undefined) return [];
  const { key, stepName } = record;
  const noFiles = { contentDigest: undefined, layers: [] };
  return [{ id: "image", stage: undefined, name: stepName, key, fields: [], ...noFiles }];
}

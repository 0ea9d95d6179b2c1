import { type DockerfileStages, findStage, nearest } from "@oci-build/dockerfile";
import { buildError } from "../errors.js";

/** The index of the stage that `--target` names, letter case aside; of the last stage when it names none.
 * @throws OciBuildError BUILD_TARGET_MISSING */
export function findTarget(dockerfile: DockerfileStages, target: string | undefined): number {
  if (target === undefined || target === "") return dockerfile.stages.length - 1;
  const found = findStage(dockerfile, target);
  if (found !== undefined) return found.index;
  const names = dockerfile.stages.flatMap(({ name }) => name ?? []);
  const near = nearest(target, names);
  throw buildError("BUILD_TARGET_MISSING", {
    message: `there is no stage named ${JSON.stringify(target)}`,
    data: { target, nearest: near },
    hint: near === undefined ? "Name the stage with FROM … AS NAME." : `Did you mean ${near}?`,
  });
}

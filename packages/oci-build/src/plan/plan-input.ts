import type { ArgInstruction, DockerfileStages } from "@oci-build/dockerfile";
import type { Platform } from "@oci-build/oci";

/** Everything that decides a plan, besides files. */
export interface PlanInput {
  readonly dockerfile: DockerfileStages;
  /** The Dockerfile's escape character. */
  readonly escape: "\\" | "`";
  /** `--build-arg` values by name. */
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  /** Stage name, in any case; the last stage when absent. */
  readonly target?: string | undefined;
  readonly targetPlatform: Platform;
  readonly buildPlatform: Platform;
}

/** Names that ARG instructions declare. */
export function declaredNames(instructions: readonly ArgInstruction[]): readonly string[] {
  return instructions.flatMap((instruction) => instruction.args.map((arg) => arg.name.text));
}

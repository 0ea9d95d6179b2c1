import type { ArgInstruction, DockerfileStages } from "@oci-build/dockerfile";
import type { Platform } from "@oci-build/oci";
import type { BaseImage } from "../base/base-image.js";
import type { NamedContexts } from "../base/named-context.js";
import type { ResolvedRun } from "../options/resolve-run.js";

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
  /** `implicit`: nobody asked for it, so that an image is for what its base is for. */
  readonly platformChoice: "explicit" | "implicit";
  readonly buildPlatform: Platform;
  readonly contexts: NamedContexts;
  /** What RUN may do, and what it does unless it says otherwise. */
  readonly run: Pick<ResolvedRun, "allow" | "network">;
  /** The images that are known so far, by `imageKey`. */
  readonly images: ReadonlyMap<string, BaseImage>;
}

/** Names that ARG instructions declare. */
export function declaredNames(instructions: readonly ArgInstruction[]): readonly string[] {
  return instructions.flatMap((instruction) => instruction.args.map((arg) => arg.name.text));
}

import type { Span } from "@oci-build/dockerfile";
import type { Platform } from "@oci-build/oci";
import type { BaseImage } from "../base/base-image.js";
import type { ContainerConfig } from "./container-config.js";
import type { RunStep } from "./run-step.js";

/** A path as the Dockerfile gives it, expanded, and where it stands. */
interface PlannedPath {
  readonly path: string;
  readonly span: Span;
}

/** A file whose bytes stand in the Dockerfile. */
export interface InlineFile {
  readonly name: string;
  readonly content: string;
}

/** What every step has. */
export interface StepBase {
  /** Unique in a plan: stage index, a dot, the number of the step in its stage from 1. */
  readonly id: string;
  /** As progress shows it: `[build 2/5] COPY . .`. */
  readonly name: string;
  readonly stageIndex: number;
  readonly span: Span;
  /** The instruction as the Dockerfile has it, with variables as they are written there. */
  readonly text: string;
  /** The variables that the instruction reads, in the order in which it first does. */
  readonly variables: readonly StepVariable[];
}

/** A variable as an instruction found it; undefined when it was not set. */
export interface StepVariable {
  readonly scope: "ARG" | "ENV";
  readonly name: string;
  readonly value: string | undefined;
}

/** Where a COPY takes its files from. */
export type CopyOrigin =
  | { readonly kind: "context" }
  /** The folder that `--build-context` gives a name. */
  | { readonly kind: "named"; readonly name: string }
  | { readonly kind: "stage"; readonly stageIndex: number; readonly name: string }
  | { readonly kind: "image"; readonly image: BaseImage }
  /** `scratch`, which has no files. */
  | { readonly kind: "nothing" };

/** COPY and ADD. `destination` is absolute; a trailing slash means a directory. */
export interface CopyStep extends StepBase {
  readonly kind: "copy";
  readonly instruction: "COPY" | "ADD";
  readonly origin: CopyOrigin;
  readonly sources: readonly PlannedPath[];
  readonly inlineFiles: readonly InlineFile[];
  readonly destination: string;
  readonly chown: string | undefined;
  readonly chmod: string | undefined;
  readonly exclude: readonly string[];
  readonly parents: "keep" | "drop";
  readonly archives: "unpack" | "copy";
  readonly base: "parent" | "none";
}

/** WORKDIR: makes what is missing of `path`, owned by `user`. */
export interface WorkdirStep extends StepBase {
  readonly kind: "workdir";
  readonly path: string;
  readonly user: string;
}

/** What writes files that are known before. */
export type FileStep = CopyStep | WorkdirStep;

/** What makes a layer. */
export type Step = FileStep | RunStep;

/** One line of an image's history; with `stepId` when a step may have made a layer for it. */
export interface PlannedHistory {
  readonly createdBy: string;
  readonly stepId?: string | undefined;
}

/** A FROM with an image, as progress shows it. */
export interface FromStep extends Omit<StepBase, "variables"> {
  readonly image: BaseImage;
}

export type StageBase =
  | { readonly kind: "scratch" }
  | { readonly kind: "stage"; readonly index: number }
  | { readonly kind: "image"; readonly from: FromStep };

/** A stage with everything resolved that needs no file: ready to run. */
export interface StagePlan {
  readonly index: number;
  readonly name: string | undefined;
  readonly base: StageBase;
  /** What an image of this stage says that it is for. */
  readonly platform: Platform;
  readonly steps: readonly Step[];
  readonly config: ContainerConfig;
  readonly author: string | undefined;
  readonly history: readonly PlannedHistory[];
}

/** The stages that the target needs, each behind those that it needs itself; so the target is the last. */
export interface BuildPlan {
  readonly stages: readonly StagePlan[];
  readonly target: StagePlan;
  /** Names of `--build-arg`s that nothing consumes. */
  readonly unusedBuildArgs: readonly string[];
}

import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { Stage } from "../stages/stage.js";

/** What the caller knows about the image of a FROM. */
export interface BaseImageFacts {
  /** `os/architecture[/variant]` of the image's config. */
  readonly platform?: string | undefined;
  /** The environment of its config; absent means that it is not known. */
  readonly environment?: ReadonlyMap<string, string> | undefined;
  /** Whether its config has a SHELL; `unset` when absent. */
  readonly shell?: "set" | "unset" | undefined;
}

/** The line of an ignore file that excludes a path. */
export interface IgnoringPattern {
  readonly pattern: string;
  /** From 1. */
  readonly line: number;
}

/** The ignore file of the build context. */
export interface IgnoreFile {
  /** As diagnostics shall name it: `.dockerignore`. */
  readonly name: string;
  readonly text: string;
}

/** What checks may know beyond the Dockerfile. All of it is optional; a rule that lacks its facts says nothing. */
export interface CheckOptions {
  /** Replaces the `check` directive, as the build argument BUILDKIT_DOCKERFILE_CHECK does:
   * `skip=A,B;error=true;experimental=C`. */
  readonly check?: string | undefined;
  /** Values of build arguments. */
  readonly buildArgs?: ReadonlyMap<string, string> | undefined;
  /** The name of the stage to build, for TARGETSTAGE; the last one by default. */
  readonly target?: string | undefined;
  /** `linux/amd64` by default. */
  readonly targetPlatform?: string | undefined;
  /** `targetPlatform` by default. */
  readonly buildPlatform?: string | undefined;
  /** Facts about the image that a FROM names once its variables are expanded; not asked for stages and `scratch`.
   * It must not throw. */
  readonly baseImage?: ((image: string, stage: Stage) => BaseImageFacts | undefined) | undefined;
  /** The pattern that keeps a path out of the build context. Paths are relative to the context, with `/`, and may hold
   * wildcards. It must not throw. */
  readonly isIgnored?: ((path: string) => IgnoringPattern | undefined) | undefined;
  readonly ignoreFile?: IgnoreFile | undefined;
}

/** What checking found. */
export interface CheckResult {
  /** Those of the parser and those of the checks, in the order of the text; those about the ignore file come last. */
  readonly diagnostics: readonly Diagnostic[];
  /** Whether the Dockerfile is to be refused: it has an error, or a check warns and `error=true` is set. */
  readonly failed: boolean;
}

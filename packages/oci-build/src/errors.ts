import type { Diagnostic, Span } from "@oci-build/dockerfile";
import { type ErrorCodes, type ErrorFactory, errorFactory } from "@oci-build/oci";
import type { StepExplanation } from "./explain/step-explanation.js";
import type { LockChange } from "./lock/compare-locks.js";
import type { KeyProblem } from "./ssh/key-problem.js";

/** Where in a Dockerfile something happened. `step` is the step's name as progress shows it. */
export type Place = {
  readonly file: string;
  readonly span: Span;
  readonly step?: string | undefined;
};

/** The data of each error code of this package. `place` is added to any error that a step ends with. */
export type BuildErrorData = {
  BUILD_ABORTED: { reason: string };
  BUILD_CACHE_MISS: { stage: string; instruction: string; explanation: StepExplanation };
  BUILD_CONTEXT_INVALID: { path: string };
  BUILD_DOCKERFILE_INVALID: { file: string; diagnostics: readonly Diagnostic[] };
  BUILD_DOCKERFILE_MISSING: { path: string };
  BUILD_DOCKERFILE_NOT_UTF8: { path: string; offset: number; line: number };
  BUILD_DOCKERFILE_TOO_LARGE: { path: string; limit: number };
  BUILD_FILE_UNREADABLE: { path: string; code: string };
  BUILD_IGNORE_FILE_INVALID: { path: string; line: number; pattern: string };
  BUILD_OFFLINE: { reference: string };
  BUILD_TARGET_MISSING: { target: string; nearest: string | undefined };
  BUILD_UNSUPPORTED: { file: string; diagnostics: readonly Diagnostic[] };
  BASE_IMAGE_INVALID: { reference: string; problem: string };
  BASE_IMAGE_MISSING: { reference: string; available: readonly string[] };
  BASE_LAYER_MISMATCH: { reference: string; digest: string; expected: string; found: string };
  BASE_PLATFORM_MISSING: { reference: string; wanted: string; available: readonly string[] };
  IMAGE_AMBIGUOUS: { id: string; names: readonly string[] };
  IMAGE_BASE_MISMATCH: { image: string; base: string; problem: string };
  IMAGE_COMMAND_MISSING: { image: string };
  IMAGE_LOCATION_INVALID: { location: string; problem: string };
  IMAGE_MISSING: { name: string; available: readonly string[] };
  ADD_ARCHIVE_INVALID: { path: string; member: string | undefined };
  ADD_SOURCE_UNSUPPORTED: { source: string; kind: string };
  CONFIG_FILE_INVALID: { path: string; line: number; column: number; key: string | undefined };
  COPY_DESTINATION_CONFLICT: { path: string; found: string; wanted: string };
  COPY_RESERVED_NAME: { path: string };
  COPY_SOURCE_MISSING: {
    source: string;
    nearest: string | undefined;
    ignoredBy: { pattern: string; line: number | undefined } | undefined;
  };
  COPY_SOURCE_UNSUPPORTED: { path: string; type: string };
  LOCK_INVALID: { path: string; line: number | undefined; problem: string };
  LOCK_MISMATCH: { path: string; reference: string; locked: string; found: string };
  LOCK_MISSING: { path: string };
  LOCK_MISSING_ENTRY: { path: string; reference: string };
  LOCK_OUTDATED: { path: string; changes: readonly LockChange[] };
  LOCK_VERSION_UNSUPPORTED: { path: string; version: number; supported: number };
  OPTION_INVALID: { option: string; value: string };
  OUTPUT_DISK_FULL: { path: string };
  OUTPUT_LOADER_MISSING: { tried: readonly { readonly program: string; readonly problem: string }[] };
  OUTPUT_LOAD_FAILED: { program: string; exitCode: number | null; stderr: string };
  OUTPUT_NOT_WRITABLE: { path: string };
  RUN_FAILED: {
    command: readonly string[];
    exitCode: number | undefined;
    signal: string | undefined;
    output: string;
  };
  RUN_SECRET_MISSING: { id: string };
  RUN_SSH_KEY_UNUSABLE: { id: string; path: string; problem: KeyProblem };
  RUN_SSH_MISSING: { id: string };
  RUN_TIMED_OUT: { timeoutMs: number; output: string };
  WORKDIR_NOT_DIRECTORY: { path: string; found: string };
};

/** The exit code of each error code of this package. */
export const buildErrorCodes: ErrorCodes<BuildErrorData> = {
  BUILD_ABORTED: 1,
  BUILD_CACHE_MISS: 1,
  BUILD_CONTEXT_INVALID: 1,
  BUILD_DOCKERFILE_INVALID: 1,
  BUILD_DOCKERFILE_MISSING: 1,
  BUILD_DOCKERFILE_NOT_UTF8: 1,
  BUILD_DOCKERFILE_TOO_LARGE: 1,
  BUILD_FILE_UNREADABLE: 1,
  BUILD_IGNORE_FILE_INVALID: 1,
  BUILD_OFFLINE: 1,
  BUILD_TARGET_MISSING: 1,
  BUILD_UNSUPPORTED: 3,
  BASE_IMAGE_INVALID: 1,
  BASE_IMAGE_MISSING: 1,
  BASE_LAYER_MISMATCH: 1,
  BASE_PLATFORM_MISSING: 1,
  IMAGE_AMBIGUOUS: 1,
  IMAGE_BASE_MISMATCH: 1,
  IMAGE_COMMAND_MISSING: 1,
  IMAGE_LOCATION_INVALID: 2,
  IMAGE_MISSING: 1,
  ADD_ARCHIVE_INVALID: 1,
  ADD_SOURCE_UNSUPPORTED: 3,
  CONFIG_FILE_INVALID: 2,
  COPY_DESTINATION_CONFLICT: 1,
  COPY_RESERVED_NAME: 1,
  COPY_SOURCE_MISSING: 1,
  COPY_SOURCE_UNSUPPORTED: 1,
  LOCK_INVALID: 1,
  LOCK_MISMATCH: 1,
  LOCK_MISSING: 1,
  LOCK_MISSING_ENTRY: 1,
  LOCK_OUTDATED: 1,
  LOCK_VERSION_UNSUPPORTED: 1,
  OPTION_INVALID: 2,
  OUTPUT_DISK_FULL: 3,
  OUTPUT_LOADER_MISSING: 3,
  OUTPUT_LOAD_FAILED: 3,
  OUTPUT_NOT_WRITABLE: 3,
  RUN_FAILED: 1,
  RUN_SECRET_MISSING: 1,
  RUN_SSH_KEY_UNUSABLE: 1,
  RUN_SSH_MISSING: 1,
  RUN_TIMED_OUT: 1,
  WORKDIR_NOT_DIRECTORY: 1,
};

/** Makes an error of this package. */
export const buildError: ErrorFactory<BuildErrorData> = errorFactory<BuildErrorData>(buildErrorCodes);

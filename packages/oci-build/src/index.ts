export { build } from "./build.js";
export { type BuildErrorData, buildErrorCodes, type Place } from "./errors.js";
export type { BuildEvent, StepInfo, StepOutcome } from "./events/build-event.js";
export type { ErrorSummary } from "./events/error-summary.js";
export type {
  BuildOptions,
  BuildOutput,
  BuildResult,
  BuiltStep,
  CompressionType,
  LayerCompression,
  VirtualContext,
} from "./options/build-options.js";
export type { BuildMetadata } from "./output/metadata.js";

export type { Credential, Credentials, RegistrySettings } from "@oci-build/registry";
export { build } from "./build.js";
export { type BuildErrorData, buildErrorCodes, type Place } from "./errors.js";
export type {
  BuildEvent,
  FetchedLayer,
  ImageInfo,
  OutputBlobs,
  OutputInfo,
  StepInfo,
  StepOutcome,
} from "./events/build-event.js";
export type { ErrorSummary } from "./events/error-summary.js";
export type {
  BuildExplanation,
  BuildForecast,
  ForecastStep,
  LastBuild,
  LastStep,
} from "./explain/build-report.js";
export { explain, plan } from "./explain/build-report.js";
export type { StepWork } from "./explain/evaluate-step.js";
export type { BaseExplanation } from "./explain/explain-bases.js";
export type { AttributeChange, FileChange, FileType } from "./explain/file-change.js";
export type { FactName, MissReason, StepExplanation } from "./explain/step-explanation.js";
export type { CopyImageOptions } from "./images/copy-image.js";
export { copyImage } from "./images/copy-image.js";
export type { ConfigChange } from "./images/diff-config.js";
export type { DiffedImage, DiffImagesOptions, ImageDiff } from "./images/diff-images.js";
export { diffImages } from "./images/diff-images.js";
export type { ImageAccess, ImageWarning } from "./images/image-access.js";
export { openImage } from "./images/open-image.js";
export type { OpenedImage } from "./images/opened-image.js";
export type { PutImage } from "./images/put-image.js";
export type { RebasedImage, RebaseImageOptions } from "./images/rebase-image.js";
export { rebaseImage } from "./images/rebase-image.js";
export type { LockChange } from "./lock/compare-locks.js";
export { lock } from "./lock/lock.js";
export type { LockOptions, LockReport } from "./lock/lock-options.js";
export type { LockedImage } from "./lock/locked-image.js";
export type {
  ArchiveOutput,
  BuildOptions,
  BuildOutput,
  CompressionType,
  FilesOutput,
  LayerCompression,
  LoadOutput,
  RegistryOptions,
  RegistryOutput,
  VirtualContext,
} from "./options/build-options.js";
export type { BuildResult, BuiltOutput, BuiltStep } from "./options/build-result.js";
export type { CacheExportOption, CacheImportOption } from "./options/cache-options.js";
export type {
  BuildSecret,
  CommandStatus,
  Entitlement,
  ExecutorChoice,
  FailedRun,
  HostEntry,
  RunNetwork,
  RunOptions,
  RunUlimit,
} from "./options/run-options.js";
export type { BuildMetadata } from "./output/metadata.js";
export type { KeyProblem as SshKeyProblem } from "./ssh/key-problem.js";

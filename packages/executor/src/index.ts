export type { ExecutorErrorData } from "./errors.js";
export { executorErrorCodes } from "./errors.js";
export type {
  ExecCommand,
  ExecFidelity,
  ExecMount,
  ExecRequest,
  ExecResult,
  ExecStatus,
  ExecStdio,
  Executor,
  MountFileMeta,
  MountSource,
  OnOutput,
  RootFileSystem,
  RootLayer,
  ServeConnection,
  Ulimit,
} from "./executor.js";
export type {
  ExecutorChoice,
  ExecutorWarning,
  ImagePlatform,
  OpenExecutorOptions,
  RunStep,
} from "./executor-options.js";
export type { ExecutorAbility } from "./open-executor.js";
export { checkExecutor, openExecutor } from "./open-executor.js";
export { type HostFolders, withHostFolders } from "./space/host-folders.js";
export type { ExecutorObstacle } from "./space/obstacle.js";

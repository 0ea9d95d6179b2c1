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
  RootFileSystem,
  RootLayer,
  Ulimit,
} from "./executor.js";
export type { ExecutorChoice, ExecutorWarning, OpenExecutorOptions } from "./executor-options.js";
export type { ExecutorAbility } from "./open-executor.js";
export { checkExecutor, openExecutor } from "./open-executor.js";
export { type RunStep, requireExecutor } from "./require-executor.js";

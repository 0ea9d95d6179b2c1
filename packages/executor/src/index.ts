export type { ExecutorErrorData } from "./errors.js";
export { executorErrorCodes } from "./errors.js";
export type { ExecRequest, ExecResult, ExecStatus, Executor, RootLayer } from "./executor.js";
export { type RunStep, requireExecutor } from "./require-executor.js";

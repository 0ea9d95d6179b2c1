export type { Diagnostic, DiagnosticNote, Severity } from "./diagnostics/diagnostic.js";
export type * from "./instructions/instruction.js";
export type { DockerfileStages, Stage } from "./stages/stage.js";
export type { Position, Span } from "./tree/span.js";

export { checkDockerfile } from "./checks/check-dockerfile.js";
export type {
  BaseImageFacts,
  CheckOptions,
  CheckResult,
  IgnoreFile,
  IgnoringPattern,
} from "./checks/check-options.js";
export type { CheckRuleInfo } from "./checks/check-rule.js";
export { checkRules } from "./checks/check-rules.js";
export type { Diagnostic, DiagnosticNote, Severity } from "./diagnostics/diagnostic.js";
export { nearest } from "./diagnostics/nearest.js";
export { type RenderOptions, renderDiagnostic } from "./diagnostics/render-diagnostic.js";
export { type DockerfileRule, dockerfileRules } from "./diagnostics/rules.js";
export { applyFixes, type FixResult } from "./edit/apply-fixes.js";
export { createInstruction } from "./edit/create-instruction.js";
export type { EditTarget } from "./edit/edit-target.js";
export { type InsertPlace, insertInstruction } from "./edit/insert-instruction.js";
export type { CommandSpec, FlagValue, InstructionSpec } from "./edit/instruction-spec.js";
export { type QuoteOptions, quoteWord } from "./edit/quote-word.js";
export { removeInstruction } from "./edit/remove-instruction.js";
export { renameStage, type StageRenaming, type UnrenamedReference } from "./edit/rename-stage.js";
export { replaceInstruction } from "./edit/replace-instruction.js";
export { setArguments } from "./edit/set-arguments.js";
export { setFlags } from "./edit/set-flags.js";
export { applyEdits, type TextEdit } from "./edit/text-edit.js";
export type {
  Environment,
  ExpandError,
  ExpandedWord,
  ExpandedWords,
  ExpandOptions,
} from "./expand/expand-options.js";
export { expandWord, expandWords } from "./expand/expand-word.js";
export { format } from "./format/format.js";
export { expandMounts } from "./instructions/expand-mounts.js";
export type * from "./instructions/instruction.js";
export { type RunScript, runScript } from "./instructions/run-script.js";
export { detectSyntax, type SyntaxReference } from "./lexer/detect-syntax.js";
export { type ParseResult, parse } from "./lexer/parse.js";
export { listTargets, type Target } from "./outline/list-targets.js";
export {
  type Outline,
  type OutlineArg,
  type OutlineMount,
  type OutlineOptions,
  outlineTarget,
} from "./outline/outline-target.js";
export { type ParsedDockerfile, parseDockerfile } from "./parse-dockerfile.js";
export { findStage } from "./stages/find-stage.js";
export { reachableStages } from "./stages/reachable-stages.js";
export { type ReadStagesResult, readStages } from "./stages/read-stages.js";
export type { DockerfileStages, Stage } from "./stages/stage.js";
export { stageDependencies } from "./stages/stage-dependencies.js";
export type { DependencyOptions, StageDependency } from "./stages/stage-graph.js";
export type * from "./tree/ast.js";
export { print } from "./tree/print.js";
export type { Position, Span } from "./tree/span.js";
export { applyChmod } from "./values/apply-chmod.js";
export { isKnownSystem, type NormalPlatform, normalizePlatform } from "./values/normalize-platform.js";
export { parseByteSize } from "./values/parse-byte-size.js";
export {
  type Chmod,
  type ChmodError,
  type ChmodOperation,
  type ChmodWho,
  parseChmod,
} from "./values/parse-chmod.js";
export { type Duration, type DurationError, parseDuration } from "./values/parse-duration.js";
export { type PlatformSpec, parsePlatform } from "./values/parse-platform.js";
export { type PortSpec, type PortSpecError, parsePortSpec } from "./values/parse-port-spec.js";
export { parseSignal } from "./values/parse-signal.js";
export { type PredefinedArgs, predefinedArgs } from "./values/predefined-args.js";

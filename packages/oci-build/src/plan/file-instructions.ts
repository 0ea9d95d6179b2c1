import type { AddInstruction, CopyInstruction, Word, WorkdirInstruction } from "@oci-build/dockerfile";
import { parseChmod } from "@oci-build/dockerfile";
import { checkedPath } from "./checked-path.js";
import { cleanAbsolute } from "./clean-absolute.js";
import { type ExpansionScope, expandHeredoc, expandToText } from "./expand.js";
import { PlanError } from "./plan-error.js";
import { recordingScope } from "./recording-scope.js";
import { nextStep, recordHistory, type StageState } from "./stage-state.js";
import type { CopyOrigin, CopyStep, InlineFile } from "./step.js";

const REMOTE_SOURCE = /^(https?:\/\/|git@|git:\/\/|ssh:\/\/)/;

/** COPY and ADD: everything about the step but the files themselves. */
export function planCopy(
  state: StageState,
  instruction: CopyInstruction | AddInstruction,
  origin: CopyOrigin,
): void {
  const command = instruction.kind === "add" ? "ADD" : "COPY";
  const scope = recordingScope(state);
  const inlineFiles = instruction.inlineSources.map((source) => inlineFile(scope, source));
  const sources = instruction.sources.map((word) => plannedSource(scope, instruction, word));
  if (instruction.kind === "add") refuseChecksum(instruction);
  const destination = expandToText(scope, instruction.destination);
  const chown = optionalText(scope, instruction.chown);
  const chmod = checkedChmod(scope, instruction.chmod);
  const exclude = instruction.exclude.map((word) => expandToText(scope, word));
  const step: CopyStep = {
    ...nextStep(state, instruction, scope),
    kind: "copy",
    variables: scope.variables(),
    instruction: command,
    origin,
    sources,
    inlineFiles,
    destination: checkedPath(
      absoluteDestination(state.config.workingDir, destination),
      instruction.destination,
    ),
    chown,
    chmod,
    exclude,
    parents: instruction.kind === "copy" && instruction.parents ? "keep" : "drop",
    archives: instruction.kind === "add" && instruction.unpack !== false ? "unpack" : "copy",
    // As BuildKit: a --link with --chmod is an ordinary copy.
    base: instruction.link && chmod === undefined ? "none" : "parent",
  };
  state.steps.push(step);
  state.history.push({ createdBy: copyHistory(step, destination), stepId: step.id });
}

/** WORKDIR: a directory to make, unless it is the root. */
export function planWorkdir(state: StageState, instruction: WorkdirInstruction): void {
  const scope = recordingScope(state);
  const given = expandToText(scope, instruction.path);
  const workingDir = checkedPath(resolveWorkdir(state.config.workingDir, given), instruction.path);
  state.config = { ...state.config, workingDir };
  const createdBy = `WORKDIR ${workingDir}`;
  if (cleanAbsolute(workingDir) === "/") {
    recordHistory(state, createdBy);
    return;
  }
  const step = {
    ...nextStep(state, instruction, scope),
    kind: "workdir",
    variables: scope.variables(),
    path: workingDir,
    user: state.config.user,
  } as const;
  state.steps.push(step);
  state.history.push({ createdBy, stepId: step.id });
}

/** Joins a destination to the working directory. `.` and a missing path mean the directory itself; a trailing slash,
 * which says "a directory", stays. */
function absoluteDestination(workingDir: string, destination: string): string {
  const directory = /(^|\/)\.?$/.test(destination);
  const path = cleanAbsolute(destination.startsWith("/") ? destination : `${workingDir}/${destination}`);
  return directory && path !== "/" ? `${path}/` : path;
}

/** An absolute WORKDIR stays as written, as BuildKit keeps it; a relative one is joined to the one before. */
function resolveWorkdir(current: string, given: string): string {
  return given.startsWith("/") ? given : cleanAbsolute(`${current}/${given}`);
}

function plannedSource(scope: ExpansionScope, instruction: CopyInstruction | AddInstruction, word: Word) {
  const path = expandToText(scope, word);
  if (!REMOTE_SOURCE.test(path)) return { path: checkedPath(path, word), span: word.span };
  if (instruction.kind === "copy") {
    throw new PlanError(
      "DOCKERFILE_COPY_REMOTE_SOURCE",
      word.span,
      "COPY takes no URL",
      "Use ADD for a URL.",
    );
  }
  throw new PlanError(
    "ADD_SOURCE_UNSUPPORTED",
    word.span,
    "ADD from a URL or a git repository is not supported yet",
  );
}

/** What stands in the context has no checksum; to ignore one would promise what nobody checks. */
function refuseChecksum({ checksum }: AddInstruction): void {
  if (checksum === undefined) return;
  throw new PlanError(
    "DOCKERFILE_CHECKSUM_LOCAL",
    checksum.span,
    "--checksum is for URLs and git repositories only",
    "Remove --checksum.",
  );
}

function inlineFile(scope: ExpansionScope, source: CopyInstruction["inlineSources"][number]): InlineFile {
  const { heredoc, path } = source;
  return { name: path, content: heredoc.expand ? expandHeredoc(scope, heredoc) : heredoc.content };
}

function optionalText(scope: ExpansionScope, word: Word | undefined): string | undefined {
  const text = word === undefined ? "" : expandToText(scope, word);
  return text === "" ? undefined : text;
}

function checkedChmod(scope: ExpansionScope, word: Word | undefined): string | undefined {
  const chmod = optionalText(scope, word);
  if (chmod === undefined || word === undefined) return undefined;
  const parsed = parseChmod(chmod);
  if (!parsed.ok) throw new PlanError("DOCKERFILE_CHMOD_INVALID", word.span, parsed.message);
  return chmod;
}

function copyHistory(step: CopyStep, destination: string): string {
  const parts = [
    step.instruction,
    ...(step.parents === "keep" ? ["--parents"] : []),
    ...(step.chown === undefined ? [] : [`--chown=${step.chown}`]),
    ...(step.chmod === undefined ? [] : [`--chmod=${step.chmod}`]),
    ...step.sources.map((source) => source.path),
    ...step.inlineFiles.map((file) => `<<${file.name}`),
    destination,
    "# buildkit",
  ];
  return parts.join(" ");
}

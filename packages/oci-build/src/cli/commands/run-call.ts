import {
  listTargets,
  type Outline,
  outlineTarget,
  parseDockerfile,
  type Target,
} from "@oci-build/dockerfile";
import { buildError } from "../../errors.js";
import { contextFolder } from "../../input/context-folder.js";
import { readDockerfile } from "../../input/read-dockerfile.js";
import type { BuildOptions } from "../../options/build-options.js";
import { findTarget } from "../../plan/find-target.js";
import type { BuildFlags } from "../build-flags.js";
import type { CliProcess } from "../terminal.js";
import { checkFile } from "./check-file.js";
import { formatColumns } from "./format-columns.js";
import { renderFindings } from "./run-check.js";
import type { SourceFile } from "./source-files.js";

const methods = ["check", "outline", "targets"] as const;

/** What `--call` asks for instead of a build. */
interface Call {
  readonly method: (typeof methods)[number];
  readonly format: "text" | "json";
}

interface CallOptions {
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly target: string | undefined;
}

/** Answers `--check` or `--call` and gives the exit code; undefined when a build is called for.
 * @throws OciBuildError OPTION_INVALID, BUILD_DOCKERFILE_MISSING, BUILD_TARGET_MISSING */
export function callInstead(
  flags: BuildFlags,
  options: BuildOptions,
  process: CliProcess,
): number | undefined {
  const call =
    flags.check === true ? ({ method: "check", format: "text" } as const) : parseCall(flags.call ?? "build");
  if (call === undefined) return undefined;
  const { label, text } = readDockerfile(options.dockerfile, contextFolder(options.context));
  const buildArgs = new Map(Object.entries(options.buildArgs ?? {}));
  return answerCall(call, { label, text }, { buildArgs, target: options.target }, process);
}

/** Reads `--call METHOD[,format=json]`; undefined for `build`.
 * @throws OciBuildError OPTION_INVALID */
function parseCall(text: string): Call | undefined {
  const [method = "", ...options] = text.split(",");
  const known = methods.find((name) => name === method);
  const format = options.length === 0 ? "text" : options.join(",").replace(/^format=/, "");
  if (method === "build" && options.length === 0) return undefined;
  if (known !== undefined && (format === "text" || format === "json")) return { method: known, format };
  throw buildError("OPTION_INVALID", {
    message: `--call ${text}: not a method`,
    data: { option: "--call", value: text },
    hint: "Write build, check, outline or targets, and ,format=json for JSON.",
  });
}

/** On standard output; the exit code is 1 when a check found something. */
function answerCall(call: Call, source: SourceFile, options: CallOptions, process: CliProcess): number {
  const write = (value: object, lines: () => readonly string[]): void => {
    process.stdout.write(
      call.format === "json" ? `${JSON.stringify(value, undefined, 2)}\n` : `${lines().join("\n")}\n`,
    );
  };
  switch (call.method) {
    case "check":
      return callCheck(call, source, options, process);
    case "targets": {
      const targets = listTargets(parseDockerfile(source.text).stages);
      write({ targets }, () => targetLines(targets));
      return 0;
    }
    case "outline": {
      const outline = outlineOf(source, options);
      write(outline, () => outlineLines(outline));
      return 0;
    }
  }
}

function callCheck(call: Call, source: SourceFile, options: CallOptions, process: CliProcess): number {
  const checked = checkFile(source, options);
  const { diagnostics, failed } = checked;
  const clean = "Check complete, no warnings found.\n";
  process.stdout.write(
    call.format === "json"
      ? `${JSON.stringify({ file: source.label, failed, diagnostics }, undefined, 2)}\n`
      : renderFindings(checked, process) || clean,
  );
  return diagnostics.length > 0 ? 1 : 0;
}

function outlineOf({ text }: SourceFile, { buildArgs, target }: CallOptions): Outline {
  const { ast, stages } = parseDockerfile(text);
  return outlineTarget(stages, findTarget(stages, target), { escape: ast.escape, buildArgs });
}

function targetLines(targets: readonly Target[]): readonly string[] {
  const rows = targets.map(({ name = "", isDefault, description = "" }) => [
    `${name}${isDefault ? " (default)" : ""}`.trim(),
    description,
  ]);
  return formatColumns([["TARGET", "DESCRIPTION"], ...rows]);
}

function outlineLines({ name, description, args, secrets, ssh, caches }: Outline): readonly string[] {
  const head = [
    ...(name === undefined ? [] : [["TARGET:", name]]),
    ...(description === undefined ? [] : [["DESCRIPTION:", description]]),
  ];
  const tables = [
    table(
      ["BUILD ARG", "VALUE", "DESCRIPTION"],
      args.map((arg) => [arg.name, arg.value ?? "", arg.description ?? ""]),
    ),
    table(
      ["SECRET", "REQUIRED"],
      secrets.map(({ id, required }) => [id, required ? "true" : ""]),
    ),
    table(
      ["SSH", "REQUIRED"],
      ssh.map(({ id, required }) => [id, required ? "true" : ""]),
    ),
    table(
      ["CACHE"],
      caches.map(({ id }) => [id]),
    ),
  ];
  return [...formatColumns(head), ...tables.flat()];
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : ["", ...formatColumns([heads, ...rows])];
}

import { isUtf8 } from "node:buffer";
import fs from "node:fs";
import path from "node:path";
import type { ContextFileSystem } from "@oci-build/snapshot";
import { buildError } from "../errors.js";
import type { BuildOptions } from "../options/build-options.js";
import type { ContextFolder } from "./context-folder.js";
import { readFoundFile, readSmallFile } from "./read-small-file.js";

/** BuildKit has no limit of its own but the one of its messages, 16 MiB. */
export const DOCKERFILE_MAX_BYTES: number = 16 * 1024 * 1024;

/** A Dockerfile's text, and where it came from. */
export interface DockerfileText {
  /** As messages show it. */
  readonly label: string;
  readonly text: string;
  /** Its file, when it has one; beside it may lie an ignore file of its own. */
  readonly location: { readonly fs: ContextFileSystem; readonly path: string } | undefined;
}

/** Finds and reads the Dockerfile of a build, whatever the ignore file says of it.
 * @throws OciBuildError BUILD_DOCKERFILE_MISSING, BUILD_DOCKERFILE_NOT_UTF8, BUILD_DOCKERFILE_TOO_LARGE,
 *   BUILD_FILE_UNREADABLE */
export function readDockerfile(
  dockerfile: BuildOptions["dockerfile"],
  context: ContextFolder,
): DockerfileText {
  if (dockerfile !== undefined && typeof dockerfile !== "string") {
    return { label: "Dockerfile", text: dockerfile.text, location: undefined };
  }
  const location = locate(dockerfile, context);
  const read = dockerfile === undefined ? readFoundFile : readSmallFile;
  const bytes = read(location.fs, location.path, DOCKERFILE_MAX_BYTES);
  if (bytes === undefined) throw missing(location.label, context);
  return { label: location.label, text: decodeDockerfile(bytes, location.label), location };
}

/** The text of a Dockerfile's bytes; `label` names them in messages. A byte order mark is the parser's to handle.
 * @throws OciBuildError BUILD_DOCKERFILE_NOT_UTF8, BUILD_DOCKERFILE_TOO_LARGE */
export function decodeDockerfile(bytes: Buffer, label: string): string {
  if (bytes.length > DOCKERFILE_MAX_BYTES) throw tooLarge(label);
  if (isUtf8(bytes)) return bytes.toString("utf8");
  throw notUtf8(bytes, label);
}

interface Location {
  readonly fs: ContextFileSystem;
  readonly path: string;
  readonly label: string;
}

function locate(named: string | undefined, context: ContextFolder): Location {
  const files = context.fs;
  if (named === undefined) {
    const names = files.readdirSync(context.root, { encoding: "utf8" }).map(String);
    const name = !names.includes("Dockerfile") && names.includes("dockerfile") ? "dockerfile" : "Dockerfile";
    return { fs: files, path: joinTo(context, name), label: labelIn(context, name) };
  }
  if (context.kind === "virtual") {
    return { fs: files, path: path.posix.resolve(context.root, named), label: named };
  }
  return { fs, path: path.resolve(named), label: named };
}

function joinTo(context: ContextFolder, name: string): string {
  return context.kind === "virtual" ? path.posix.join(context.root, name) : path.join(context.root, name);
}

function labelIn(context: ContextFolder, name: string): string {
  return context.kind === "virtual" ? path.posix.join(context.root, name) : path.join(context.label, name);
}

function notUtf8(bytes: Buffer, label: string): Error {
  const offset = firstInvalidByte(bytes);
  const line = bytes.subarray(0, offset).filter((byte) => byte === 0x0a).length + 1;
  return buildError("BUILD_DOCKERFILE_NOT_UTF8", {
    message: `${label}:${line}: not UTF-8 text: byte ${offset} of the file`,
    data: { path: label, offset, line },
    hint: "Save the Dockerfile as UTF-8.",
  });
}

/** Where the longest valid beginning ends, found by halving; a character that is cut off counts as valid. */
function firstInvalidByte(bytes: Buffer): number {
  let [valid, invalid] = [0, bytes.length];
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (isValidBeginning(bytes.subarray(0, middle))) valid = middle;
    else invalid = middle;
  }
  return isUtf8(bytes.subarray(0, valid)) ? valid : lastWholeCharacter(bytes, valid);
}

function isValidBeginning(bytes: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function lastWholeCharacter(bytes: Buffer, end: number): number {
  let at = end;
  while (at > 0 && !isUtf8(bytes.subarray(0, at))) at -= 1;
  return at;
}

function missing(label: string, context: ContextFolder): Error {
  return buildError("BUILD_DOCKERFILE_MISSING", {
    message: `there is no Dockerfile at ${label}`,
    data: { path: label },
    hint:
      context.label === "."
        ? "Name it with --file; its path is relative to the working directory."
        : `Name it with --file; the context is ${context.label}.`,
  });
}

function tooLarge(label: string): Error {
  return buildError("BUILD_DOCKERFILE_TOO_LARGE", {
    message: `${label} has more than ${DOCKERFILE_MAX_BYTES} bytes`,
    data: { path: label, limit: DOCKERFILE_MAX_BYTES },
    hint: "Check that it is a Dockerfile.",
  });
}

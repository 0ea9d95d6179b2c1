import fs from "node:fs";
import path from "node:path";
import type { ContextFileSystem } from "@oci-build/snapshot";
import { buildError } from "../errors.js";
import type { BuildOptions } from "../options/build-options.js";

const REMOTE = /^(?:[a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/)/;

/** What a file system says of a path that is no folder, or of one that may not be listed. */
const NOT_A_FOLDER: ReadonlySet<unknown> = new Set([
  "EACCES",
  "ELOOP",
  "ENAMETOOLONG",
  "ENOENT",
  "ENOTDIR",
  "EPERM",
]);

/** A context that exists: its file system and its folder there. `host` tells the machine's own files from virtual
 * ones. */
export interface ContextFolder {
  readonly kind: "host" | "virtual";
  readonly fs: ContextFileSystem;
  readonly root: string;
  /** How messages name it. */
  readonly label: string;
}

/** The folder of a build's context; links to it are followed.
 * @throws OciBuildError BUILD_CONTEXT_INVALID when it is no folder */
export function contextFolder(context: BuildOptions["context"]): ContextFolder {
  if (context !== undefined && typeof context !== "string") {
    const root = context.root ?? "/";
    if (!isFolder(context.fs, root)) throw invalidContext(root);
    return { kind: "virtual", fs: context.fs, root, label: root };
  }
  const label = context ?? ".";
  const root = path.resolve(label);
  if (label === "" || !isFolder(fs, root)) throw invalidContext(label);
  return { kind: "host", fs, root: fs.realpathSync.native(root), label };
}

function isFolder(files: ContextFileSystem, folder: string): boolean {
  try {
    files.readdirSync(folder, { encoding: "utf8" });
    return true;
  } catch (error) {
    if (NOT_A_FOLDER.has((error as NodeJS.ErrnoException).code)) return false;
    throw error;
  }
}

function invalidContext(label: string): Error {
  return buildError("BUILD_CONTEXT_INVALID", {
    message: `the build context is no folder that can be read: ${label === "" ? '""' : label}`,
    data: { path: label },
    hint: hintFor(label),
  });
}

function hintFor(label: string): string {
  if (label === "-") return "Name a folder: a context from standard input is not supported yet.";
  if (REMOTE.test(label)) return "Fetch it first and name its folder: remote contexts are not supported yet.";
  return "Name an existing folder.";
}

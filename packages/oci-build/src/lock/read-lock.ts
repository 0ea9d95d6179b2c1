import { isUtf8 } from "node:buffer";
import { buildError } from "../errors.js";
import type { DockerfileText } from "../input/read-dockerfile.js";
import { readFoundFile } from "../input/read-small-file.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { LockedImages } from "./locked-image.js";
import { parseLock } from "./parse-lock.js";

/** An entry has about 1 KB: a thousand images. */
const LOCK_FILE_MAX_BYTES: number = 1024 * 1024;

/** A lock file's images, and how messages name the file. */
export interface LockFile {
  readonly label: string;
  readonly images: LockedImages;
}

/** How messages name the lock file of a Dockerfile. */
export function lockLabel({ label }: Pick<DockerfileText, "label">): string {
  return `${label}.lock`;
}

/** The lock file beside a Dockerfile, `Dockerfile.lock`; undefined where there is none, as for a text.
 * @throws OciBuildError LOCK_INVALID, LOCK_VERSION_UNSUPPORTED, BUILD_FILE_UNREADABLE */
export function readLock(dockerfile: DockerfileText): LockFile | undefined {
  const { location } = dockerfile;
  if (location === undefined) return undefined;
  const label = lockLabel(dockerfile);
  const bytes = readFoundFile(location.fs, `${location.path}.lock`, LOCK_FILE_MAX_BYTES);
  if (bytes === undefined) return undefined;
  if (bytes.length > LOCK_FILE_MAX_BYTES) {
    throw unreadable(label, `the file has more than ${LOCK_FILE_MAX_BYTES} bytes`);
  }
  if (!isUtf8(bytes)) throw unreadable(label, "the file is no UTF-8 text");
  return { label, images: parseLock(bytes.toString("utf8"), label) };
}

function unreadable(label: string, problem: string): Error {
  return buildError("LOCK_INVALID", {
    message: `${label}: ${problem}`,
    data: { path: label, line: 1, problem },
    hint: "Take it from version control, or remove it and run oci-build lock.",
  });
}

/** The lock file that a build goes by.
 * @throws OciBuildError LOCK_MISSING, and as `readLock` */
export function lockOfBuild(
  dockerfile: DockerfileText,
  use: ResolvedOptions["lockUse"],
): LockFile | undefined {
  const lock = use === "never" ? undefined : readLock(dockerfile);
  if (lock !== undefined || use !== "required") return lock;
  const label = lockLabel(dockerfile);
  throw buildError("LOCK_MISSING", {
    message: `there is no lock file at ${label}`,
    data: { path: label },
    hint: dockerfile.location === undefined ? "Name a Dockerfile that is a file." : "Run oci-build lock.",
  });
}

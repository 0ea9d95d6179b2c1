import { isOciBuildError, systemErrorCode } from "@oci-build/oci";
import { buildError } from "../errors.js";

/** What the system's codes mean for a file that is to be written. */
const PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EISDIR: "it is a folder",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "its folder does not exist",
  ENOTDIR: "a part of the path is no folder",
  EPERM: "the operation is not permitted",
  EROFS: "the file system is read-only",
};

const FULL_CODES: ReadonlySet<string | undefined> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** A system's complaint about an output, as one of ours; any other error as it is. That a disk is full is told in one
 * way, also of a folder, whose writer has an error of its own for what it cannot write. */
export function outputError(error: unknown, file: string): unknown {
  if (isOciBuildError(error, "OCI_LAYOUT_UNWRITABLE") && FULL_CODES.has(systemErrorCode(error.cause))) {
    return outputError(error.cause, file);
  }
  const code = systemErrorCode(error);
  if (FULL_CODES.has(code)) {
    return buildError("OUTPUT_DISK_FULL", {
      message: `no space left to write ${file}`,
      data: { path: file },
      hint: "Free some space, or name another place with --output.",
      cause: error,
    });
  }
  if (code === undefined) return error;
  return buildError("OUTPUT_NOT_WRITABLE", {
    message: `cannot write ${file}: ${PROBLEMS[code] ?? code}`,
    data: { path: file },
    hint:
      code === "ENOENT"
        ? "Make the folder first, or name another place."
        : "Check the folder and its permissions, or name another place.",
    cause: error,
  });
}

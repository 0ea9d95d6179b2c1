import type { OciBuildError } from "../error.js";
import { ociError } from "../errors.js";
import type { TarEntry } from "./entry-header.js";
import { fitsOctal, octalDigits } from "./ustar-block.js";

/** Refuses what no header can say: fractions, numbers that doubles do not hold exactly, NUL in names, mode bits
 * above 07777, device numbers above 2097151 (Linux has 12 and 20 bits).
 * @throws OciBuildError TAR_FIELD_INVALID */
export function checkHeaderFields(entry: TarEntry): void {
  requireField(entry, "mode", entry.mode, fitsOctal(entry.mode, 4));
  requireField(entry, "uid", entry.uid, entry.uid >= 0);
  requireField(entry, "gid", entry.gid, entry.gid >= 0);
  requireField(entry, "mtimeSec", entry.mtimeSec, true);
  requireText(entry, "path", entry.path);
  if (entry.type === "file") requireField(entry, "size", entry.size, entry.size >= 0);
  if ("target" in entry) requireText(entry, "target", entry.target);
  if ("deviceMajor" in entry) {
    requireField(entry, "deviceMajor", entry.deviceMajor, fitsOctal(entry.deviceMajor, octalDigits.device));
    requireField(entry, "deviceMinor", entry.deviceMinor, fitsOctal(entry.deviceMinor, octalDigits.device));
  }
}

/** The error for a value that a tar header cannot hold. */
export function tarFieldError(
  path: string,
  field: string,
  found: string,
): OciBuildError<"TAR_FIELD_INVALID"> {
  const shown = JSON.stringify(found.slice(0, 100));
  return ociError("TAR_FIELD_INVALID", {
    message: `a tar header cannot hold the ${field} of ${JSON.stringify(path)}: ${shown}`,
    data: { path, field, found: found.slice(0, 100) },
  });
}

function requireField(entry: TarEntry, field: string, value: number, inRange: boolean): void {
  if (!inRange || !Number.isSafeInteger(value)) throw tarFieldError(entry.path, field, String(value));
}

function requireText(entry: TarEntry, field: string, value: string): void {
  if (value.includes("\0")) throw tarFieldError(entry.path, field, value);
}

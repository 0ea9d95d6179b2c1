import type { Word } from "@oci-build/dockerfile";
import { PlanError } from "./plan-error.js";

/** Linux's PATH_MAX and NAME_MAX: no system could unpack more, and what follows a path name by name stays quick. */
const PATH_MAX_BYTES = 4095;
const NAME_MAX_BYTES = 255;

/** A path that a file system can hold.
 * @throws PlanError DOCKERFILE_PATH_TOO_LONG, at the word that it came from */
export function checkedPath(path: string, word: Word): string {
  const longest = path.split("/").reduce((most, name) => Math.max(most, Buffer.byteLength(name)), 0);
  const size = Buffer.byteLength(path);
  if (size <= PATH_MAX_BYTES && longest <= NAME_MAX_BYTES) return path;
  const message =
    size > PATH_MAX_BYTES
      ? `the path has ${size} bytes, and no more than ${PATH_MAX_BYTES} are possible`
      : `a name in the path has ${longest} bytes, and no more than ${NAME_MAX_BYTES} are possible`;
  throw new PlanError("DOCKERFILE_PATH_TOO_LONG", word.span, message);
}

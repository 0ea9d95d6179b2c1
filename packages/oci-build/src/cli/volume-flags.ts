import fs from "node:fs";
import path from "node:path";
import type { ExecMount } from "@oci-build/executor";
import { optionInvalid } from "../options/option-invalid.js";

const HINT = "Write FOLDER:/target, or FOLDER:/target:ro; the folder begins with . or /.";

/** A folder or file of this host that a container sees: `SOURCE:TARGET[:ro]`.
 * Differs: what is not there is not made, and there are no volumes with names.
 * @throws OciBuildError OPTION_INVALID */
export function parseVolume(text: string): ExecMount {
  const [source = "", target = "", options = "rw", ...more] = text.split(":");
  if (more.length > 0 || !target.startsWith("/"))
    throw optionInvalid("--volume", text, "it is no mount", HINT);
  if (!/^[./]/.test(source)) throw optionInvalid("--volume", text, "it names no folder of this host", HINT);
  const modes = options.split(",");
  const isKnown = modes.every((mode) => mode === "ro" || mode === "rw");
  if (!isKnown) throw optionInvalid("--volume", text, "it has options besides ro and rw", HINT);
  const real = realPath(source, text);
  return {
    kind: "bind",
    target: path.posix.normalize(target),
    source: { kind: "folder", folder: path.dirname(real), path: `/${path.basename(real)}` },
    writes: modes.includes("ro") ? "refused" : "kept",
  };
}

/** Links are followed here, on the host, and not by the container. */
function realPath(source: string, text: string): string {
  try {
    return fs.realpathSync(source);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw optionInvalid("--volume", text, `there is no ${path.resolve(source)}`);
  }
}

import fs from "node:fs";
import path from "node:path";
import type { ExecMount } from "@oci-build/executor";
import { compareTreePaths } from "@oci-build/oci";
import { optionInvalid } from "../options/option-invalid.js";

const HINT = "Write FOLDER:/target, or FOLDER:/target:ro; the folder begins with . or /.";

/** Folders and files of this host that a container sees, each as `SOURCE:TARGET[:ro]`. As with Docker, what lies in another
 * one is mounted after it, whatever comes first.
 * Differs: what is not there is not made, and there are no volumes with names.
 * @throws OciBuildError OPTION_INVALID */
export function parseVolumes(texts: readonly string[]): readonly ExecMount[] {
  const mounts = texts.map(parseVolume);
  for (const [index, { target }] of mounts.entries()) {
    const isTwice = mounts.slice(0, index).some((other) => other.target === target);
    if (isTwice) throw optionInvalid("--volume", texts[index] ?? "", `${target} is given twice`);
  }
  return mounts.toSorted((a, b) => compareTreePaths(a.target, b.target));
}

function parseVolume(text: string): ExecMount {
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
    target: path.posix.resolve("/", target),
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

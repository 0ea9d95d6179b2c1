import path from "node:path";
import type { VirtualContext } from "../options/build-options.js";

/** The file that a build writes when no output is named: after the last part of the first tag's repository, else
 * after the context's folder. */
export function defaultOutputFile(repository: string | undefined, context: string | VirtualContext): string {
  const folder = typeof context === "string" ? path.resolve(context) : (context.root ?? "/");
  const name = path.posix.basename(repository ?? "") || path.basename(folder) || "image";
  return `${name}.oci.tar`;
}

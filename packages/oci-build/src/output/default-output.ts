import path from "node:path";
import { parseTaggedReference } from "@oci-build/registry";
import type { VirtualContext } from "../options/build-options.js";

/** The file that a build writes when no output is named: after the last part of the first tag's repository, else
 * after the context's folder. */
export function defaultOutputFile(tags: readonly string[], context: string | VirtualContext): string {
  const [tag] = tags;
  const repository = tag === undefined ? "" : parseTaggedReference(tag).repository;
  const folder = typeof context === "string" ? path.resolve(context) : (context.root ?? "/");
  const name = path.posix.basename(repository) || path.basename(folder) || "image";
  return `${name}.oci.tar`;
}

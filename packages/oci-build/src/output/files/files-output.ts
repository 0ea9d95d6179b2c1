import type { Snapshot } from "@oci-build/snapshot";
import type { EmitEvent } from "../../events/build-event.js";
import type { BuiltOutput } from "../../options/build-result.js";
import type { ResolvedFiles } from "../../options/resolve-outputs.js";
import { tellOutput } from "../tell-output.js";
import { writeTreeFolder } from "./write-tree-folder.js";
import { writeTreeTar } from "./write-tree-tar.js";

interface FilesContext {
  readonly emit: EmitEvent;
  readonly signal: AbortSignal | undefined;
}

/** Writes the files of an image, as one tree, where an output says.
 * @throws OciBuildError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE, and what reading layers throws */
export async function filesOutput(
  output: ResolvedFiles,
  tree: Snapshot,
  { emit, signal }: FilesContext,
): Promise<BuiltOutput> {
  const destination = typeof output.dest === "string" ? output.dest : "-";
  const { path, size, leftOut, outcome } = await tellOutput(
    { action: "write", destination },
    emit,
    async () => ({
      ...(output.form === "folder"
        ? await writeTreeFolder(tree, output.dest, signal)
        : await writeTreeTar(tree, output.dest, signal)),
      outcome: "written" as const,
    }),
  );
  if (leftOut.length > 0) {
    const names = leftOut.length === 1 ? "1 name" : `${leftOut.length} names`;
    emit({
      type: "warning",
      code: "OUTPUT_SPECIAL_LEFT_OUT",
      message: `${destination}: ${names} of FIFOs and devices left out, such as /${leftOut[0]}`,
      hint: "A tar has them: type=tar,dest=FILE.",
    });
  }
  return { kind: "files", path, size, outcome };
}

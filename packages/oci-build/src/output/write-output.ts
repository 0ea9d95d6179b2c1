import path from "node:path";
import { type ImageContent, writeImageArchive, writeImageLayout } from "@oci-build/oci";
import type { BuildOutput } from "../options/build-options.js";
import { outputError } from "./output-error.js";
import { listeningForErrors, writeToStream } from "./write-to-stream.js";
import { writeWholeFile } from "./write-whole-file.js";

/** What was written: a file's or folder's absolute path, or none for a stream; size in bytes. */
export interface WrittenOutput {
  readonly path: string | undefined;
  readonly size: number;
}

/** Writes an image where the output says.
 * @throws OciBuildError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE and the errors of `writeImageArchive` */
export async function writeOutput(
  content: ImageContent,
  output: Exclude<BuildOutput, { type: "none" }>,
  signal: AbortSignal | undefined,
): Promise<WrittenOutput> {
  if (typeof output.dest !== "string") {
    const stream = output.dest;
    const sink = (chunk: Uint8Array): Promise<void> => writeToStream(stream, chunk);
    const written = await listeningForErrors(stream, () => writeImageArchive(content, sink, { signal }));
    return { path: undefined, size: written.size };
  }
  const dest = path.resolve(output.dest);
  if (output.tar === false) return { path: dest, ...(await writeFolder(content, dest, signal)) };
  const size = await writeWholeFile(dest, async (handle) => {
    const written = await writeImageArchive(content, (chunk) => handle.writeFile(chunk), { signal });
    return written.size;
  });
  return { path: dest, size };
}

async function writeFolder(
  content: ImageContent,
  dest: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly size: number }> {
  try {
    return await writeImageLayout(content, dest, { signal });
  } catch (error) {
    throw outputError(error, dest);
  }
}

import { once } from "node:events";
import path from "node:path";
import type { Writable } from "node:stream";
import { type ByteSink, type ImageContent, writeImageArchive, writeImageLayout } from "@oci-build/oci";
import type { BuildOutput } from "../options/build-options.js";
import { outputError, writeWholeFile } from "./write-whole-file.js";

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
    const { size } = await writeImageArchive(content, streamSink(output.dest), { signal });
    return { path: undefined, size };
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

/** Writes to a stream no faster than its reader reads. */
function streamSink(stream: Writable): ByteSink {
  return async (chunk) => {
    // The stream may keep the chunk after write() returned; the sink's caller may reuse it.
    if (!stream.write(Buffer.from(chunk))) await once(stream, "drain");
  };
}

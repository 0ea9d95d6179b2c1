import path from "node:path";
import { type ImageContent, writeImageArchive, writeImageLayout } from "@oci-build/oci";
import type { ResolvedArchive } from "../options/resolve-outputs.js";
import { resolveDestination } from "./destination.js";
import type { Draft } from "./draft.js";
import { backdate, type KnownOutput, knownSize, type OutputMemory, rememberKnown } from "./known-output.js";
import { outputError } from "./output-error.js";
import { writeAt } from "./write-at.js";
import { listeningForErrors, writeToStream } from "./write-to-stream.js";
import { writeWholeFile } from "./write-whole-file.js";

/** What there is now: a file's or folder's absolute path, or none for a stream; size in bytes. An `unchanged` output
 * was not touched, since it is what would have been written. */
export interface WrittenOutput {
  readonly path: string | undefined;
  readonly size: number;
  readonly outcome: "written" | "unchanged";
}

/** What writing an output needs besides the image. */
export interface OutputContext {
  readonly memory: OutputMemory;
  readonly signal: AbortSignal | undefined;
  /** The output as it was last, which may be what is to be written. */
  readonly draft?: Draft | undefined;
}

/** Writes an archive or a layout where the output says. A folder is always written again: any of its files may have been changed.
 * @throws OciBuildError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE and the errors of `writeImageArchive` */
export async function writeOutput(
  content: ImageContent,
  output: Pick<ResolvedArchive, "dest" | "form">,
  { memory, signal, draft }: OutputContext,
): Promise<WrittenOutput> {
  if (typeof output.dest !== "string") {
    const stream = output.dest;
    const sink = (chunk: Uint8Array): Promise<void> => writeToStream(stream, chunk, signal);
    const written = await listeningForErrors(stream, () => writeImageArchive(content, sink, { signal }));
    return { path: undefined, size: written.size, outcome: "written" };
  }
  const dest = path.resolve(output.dest);
  if (output.form === "folder") {
    return { path: dest, outcome: "written", ...(await writeFolder(content, dest, signal)) };
  }
  const destination = resolveDestination(dest);
  if (destination.kind === "write-into") {
    return { path: dest, outcome: "written", size: await writeArchive(dest, content, signal) };
  }
  const known: KnownOutput = { file: destination.path, content, memory, signal };
  return { path: dest, ...(await writeUnlessKnown(dest, known, draft)) };
}

async function writeUnlessKnown(
  dest: string,
  output: KnownOutput,
  draft: Draft | undefined,
): Promise<Pick<WrittenOutput, "size" | "outcome">> {
  const known = await knownSize(output);
  if (known !== undefined) return { size: known, outcome: "unchanged" };
  const { archive, stats } = await writeWholeFile(
    dest,
    async (handle, isThere) => {
      const sink = (chunk: Uint8Array, offset: number): Promise<void> => writeAt(handle, chunk, offset);
      const archive = await writeImageArchive(output.content, sink, { signal: output.signal, isThere });
      if (isThere !== undefined) await handle.truncate(archive.size);
      return { archive, stats: await backdate(handle) };
    },
    draft,
  );
  await rememberKnown(output, { stats, blobs: archive.blobs });
  return { size: archive.size, outcome: "written" };
}

function writeArchive(dest: string, content: ImageContent, signal: AbortSignal | undefined): Promise<number> {
  return writeWholeFile(dest, async (handle) => {
    const written = await writeImageArchive(content, (chunk) => handle.writeFile(chunk), { signal });
    return written.size;
  });
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

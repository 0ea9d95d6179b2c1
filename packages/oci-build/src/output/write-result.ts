import type { AssembledImage, ImageContent } from "@oci-build/oci";
import type { EmitEvent } from "../events/build-event.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { Draft } from "./draft.js";
import type { OutputMemory } from "./known-output.js";
import { buildMetadata } from "./metadata.js";
import { type WrittenOutput, writeOutput } from "./write-output.js";
import { writeWholeFile } from "./write-whole-file.js";

/** What writing a result needs besides the image. */
export interface ResultContext {
  readonly options: Pick<
    ResolvedOptions,
    "cacheUse" | "iidFile" | "metadataFile" | "names" | "output" | "trustStat"
  >;
  readonly cache: OutputMemory["cache"];
  readonly emit: EmitEvent;
  readonly signal: AbortSignal | undefined;
  readonly draft?: Draft | undefined;
}

/** Writes the image and the files that tell of it, each whole or not at all; the image first.
 * @throws OciBuildError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE */
export async function writeResult(
  image: AssembledImage,
  content: ImageContent,
  context: ResultContext,
): Promise<WrittenOutput | undefined> {
  const { output, names, iidFile, metadataFile } = context.options;
  const written = output.type === "none" ? undefined : await writeAndTell(content, output, context);
  const { descriptor } = image.manifest;
  if (iidFile !== undefined) await writeText(iidFile, image.config.descriptor.digest);
  if (metadataFile !== undefined) {
    const metadata = buildMetadata(descriptor, image.config.descriptor.digest, names);
    await writeText(metadataFile, `${JSON.stringify(metadata, undefined, 2)}\n`);
  }
  return written;
}

async function writeAndTell(
  content: ImageContent,
  output: Parameters<typeof writeOutput>[1],
  { options: { cacheUse, trustStat }, cache, emit, signal, draft }: ResultContext,
): Promise<WrittenOutput> {
  const startedMs = Date.now();
  const destination = typeof output.dest === "string" ? output.dest : "-";
  emit({ type: "output.started", destination });
  const memory = { cache, cacheUse, trustStat };
  const written = await writeOutput(content, output, { memory, signal, draft });
  const { size, outcome } = written;
  emit({ type: "output.finished", destination, size, outcome, durationMs: Date.now() - startedMs });
  return written;
}

function writeText(file: string, text: string): Promise<void> {
  return writeWholeFile(file, (handle) => handle.writeFile(text));
}

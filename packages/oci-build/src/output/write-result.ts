import type { Cache } from "@oci-build/cache";
import type { RegistryClient } from "@oci-build/registry";
import type { EmitEvent } from "../events/build-event.js";
import type { BuiltOutput } from "../options/build-result.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { ResolvedArchive, ResolvedOutput } from "../options/resolve-outputs.js";
import type { Draft } from "./draft.js";
import type { Loader } from "./find-loader.js";
import type { OutputMemory } from "./known-output.js";
import { buildMetadata } from "./metadata.js";
import { namedContent, type OutputImage } from "./output-image.js";
import { tellOutput } from "./tell-output.js";
import { writeOutput } from "./write-output.js";
import { writeWholeFile } from "./write-whole-file.js";

/** What making outputs needs besides the image. */
export interface ResultContext {
  readonly options: Pick<
    ResolvedOptions,
    "cacheUse" | "env" | "iidFile" | "metadataFile" | "names" | "outputs" | "trustStat"
  >;
  readonly cache: OutputMemory["cache"] & Pick<Cache, "blobs" | "images" | "tagImage">;
  readonly emit: EmitEvent;
  readonly signal: AbortSignal | undefined;
  readonly draft?: Draft | undefined;
  /** Opens what speaks with registries, once a build. */
  readonly registries: () => Promise<RegistryClient>;
  /** What loads each output that is to be loaded. */
  readonly loaders: ReadonlyMap<ResolvedOutput, Loader>;
}

/** Makes the outputs in their order, then the files that tell of the image; each is whole or untouched. The first that
 * fails ends it.
 * @throws OciBuildError OUTPUT_DISK_FULL, OUTPUT_LOAD_FAILED, OUTPUT_NOT_WRITABLE and those of a push */
export async function writeResult(
  image: OutputImage,
  context: ResultContext,
): Promise<readonly BuiltOutput[]> {
  const { outputs, names, iidFile, metadataFile } = context.options;
  const made: BuiltOutput[] = [];
  for (const output of outputs) made.push(await makeOutput(output, image, context));
  const { manifest, config } = image.image;
  if (iidFile !== undefined) await writeText(iidFile, config.descriptor.digest);
  if (metadataFile !== undefined) {
    const metadata = buildMetadata(manifest.descriptor, config.descriptor.digest, names);
    await writeText(metadataFile, `${JSON.stringify(metadata, undefined, 2)}\n`);
  }
  return made;
}

/** All but archives are loaded when they are asked for. */
async function makeOutput(
  output: ResolvedOutput,
  image: OutputImage,
  context: ResultContext,
): Promise<BuiltOutput> {
  switch (output.kind) {
    case "archive":
      return writeAndTell(output, image, context);
    case "files": {
      const { filesOutput } = await import("./files/files-output.js");
      return filesOutput(output, await image.files(), context);
    }
    case "push": {
      const { pushOutput } = await import("./push-output.js");
      return pushOutput(output.targets, image, context);
    }
    case "store": {
      const { storeOutput } = await import("./store-output.js");
      return storeOutput(output.names, image, context);
    }
    case "load": {
      const loader = context.loaders.get(output);
      if (loader === undefined) throw new TypeError("a loader was found before the build");
      const { loadOutput } = await import("./load-output.js");
      return loadOutput(output.names, image, { ...context, env: context.options.env, loader });
    }
  }
}

async function writeAndTell(
  output: ResolvedArchive,
  image: OutputImage,
  { options: { cacheUse, trustStat }, cache, emit, signal, draft }: ResultContext,
): Promise<BuiltOutput> {
  const destination = typeof output.dest === "string" ? output.dest : "-";
  const memory = { cache, cacheUse, trustStat };
  const content = namedContent(image, output.names);
  const written = await tellOutput({ action: "write", destination }, emit, () =>
    writeOutput(content, output, { memory, signal, draft }),
  );
  return { kind: "archive", ...written };
}

function writeText(file: string, text: string): Promise<void> {
  return writeWholeFile(file, (handle) => handle.writeFile(text));
}

import fs from "node:fs";
import path from "node:path";
import type { CheckOptions } from "@oci-build/dockerfile";
import { factsOfImages, type ImageKnowledge } from "../../base/checked-images.js";
import { resolveOptions } from "../../options/resolve-options.js";
import { formatPlatform } from "../../plan/global-args.js";
import { readConfigFile } from "../config-file.js";
import { flagOptions, mergeFlags } from "../flag-options.js";
import type { CliProcess } from "../terminal.js";
import type { SourceFile } from "./source-files.js";

/** How images are looked at. */
export interface CheckImages {
  readonly knowledge: ImageKnowledge;
  /** The platform that is built for; this machine's when undefined. */
  readonly platform: string | undefined;
  readonly process: CliProcess;
}

/** What the images of a sound Dockerfile tell its checks. Where they are, and how registries are spoken with, stands in
 * `oci-build.toml` beside the file, as for a build.
 * @throws OciBuildError OPTION_INVALID, CONFIG_FILE_INVALID, and as `factsOfImages` */
export async function checkImages(
  { label, text }: SourceFile,
  { knowledge, platform, process }: CheckImages,
): Promise<Pick<CheckOptions, "baseImage" | "buildPlatform" | "targetPlatform">> {
  const folder = path.dirname(path.resolve(label));
  const { buildArg, buildContext, cacheDir, insecureRegistry, lock, registry, registryMirror } =
    await readConfigFile(folder);
  const flags = mergeFlags(
    { buildArg, buildContext, cacheDir, insecureRegistry, lock, registry, registryMirror },
    platform === undefined ? {} : { platform: [platform] },
  );
  const options = resolveOptions({ ...flagOptions(folder, flags, process), output: { type: "none" } });
  const location = { fs, path: path.resolve(label) };
  const run = { emit: () => undefined, signal: undefined };
  return {
    targetPlatform: formatPlatform(options.targetPlatform),
    buildPlatform: formatPlatform(options.buildPlatform),
    baseImage: await factsOfImages({ dockerfile: { label, text, location }, options, knowledge }, run),
  };
}

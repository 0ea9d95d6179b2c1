import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { RawImage } from "./final-image.js";

/** What to build. `folder` is for buildah's own use. */
export interface BuildahOptions {
  readonly folder: string;
  readonly context: string;
  readonly dockerfile: string;
  readonly args: readonly string[];
}

const run = promisify(execFile);

/** Builds with buildah, with a store of its own, and gives the image; undefined when it fails. Docker's format, since
 * OCI's holds no HEALTHCHECK, SHELL and ONBUILD. */
export async function buildWithBuildah(options: BuildahOptions): Promise<RawImage | undefined> {
  const { folder, context, dockerfile, args } = options;
  const image = path.join(folder, "image");
  const store = [
    ["--storage-driver", "vfs"],
    ["--root", path.join(folder, "root")],
    ["--runroot", path.join(folder, "run")],
  ].flat();
  const build = [
    "bud",
    "--isolation",
    "chroot",
    "--format",
    "docker",
    "-f",
    dockerfile,
    "-t",
    `dir:${image}`,
  ];
  try {
    await run("buildah", [...store, ...build, ...args, context]);
  } catch (error) {
    if (typeof (error as { code?: unknown }).code === "number") return undefined;
    throw error;
  }
  return readDirImage(image);
}

/** @see https://github.com/containers/image/blob/v5.23.0/docs/containers-transports.5.md#dirpath */
async function readDirImage(folder: string): Promise<RawImage> {
  const blob = (digest: string): Promise<Buffer> =>
    fs.readFile(path.join(folder, digest.slice("sha256:".length)));
  const manifest = JSON.parse(await fs.readFile(path.join(folder, "manifest.json"), "utf8")) as {
    readonly config: { readonly digest: string };
    readonly layers: readonly { readonly digest: string }[];
  };
  return {
    config: JSON.parse((await blob(manifest.config.digest)).toString("utf8")) as unknown,
    layers: await Promise.all(manifest.layers.map(({ digest }) => blob(digest))),
  };
}

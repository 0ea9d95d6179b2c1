import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { RawImage } from "./final-image.js";

/** What to build. `store` is a folder of buildah's own, which one build at a time may use; `image` is where to write. */
export interface BuildahOptions {
  readonly store: string;
  readonly image: string;
  readonly context: string;
  readonly dockerfile: string;
  readonly args: readonly string[];
}

const run = promisify(execFile);

/** What buildah made; without an image, the last line of its errors. */
export type BuildahResult =
  | { readonly ok: true; readonly image: RawImage }
  | { readonly ok: false; readonly message: string };

/** Builds with buildah. Docker's format, since OCI's holds no HEALTHCHECK, SHELL and ONBUILD. */
export async function buildWithBuildah(options: BuildahOptions): Promise<BuildahResult> {
  const { image, context, dockerfile, args } = options;
  const store = [
    ["--storage-driver", "vfs"],
    ["--root", path.join(options.store, "root")],
    ["--runroot", path.join(options.store, "run")],
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
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
    if (typeof code !== "number") throw error;
    return { ok: false, message: stderr?.trim().split("\n").at(-1) ?? "" };
  }
  return { ok: true, image: await readDirImage(image) };
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

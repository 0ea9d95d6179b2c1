import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type BuildOptions, build } from "oci-build";

/** Where a build works: its context, its cache, its output. */
export interface Workplace {
  readonly context: NonNullable<BuildOptions["context"]>;
  readonly cacheDir: string;
  readonly dest: string;
}

/** What a build said of itself. */
export interface Told {
  readonly digest: string;
  /** Of each step, in order: `cached` or `executed`. */
  readonly statuses: string;
  readonly filesHashed: number;
  readonly digestsFromIndex: number;
  /** Codes, in order. */
  readonly warnings: readonly string[];
}

/** Times are of no interest here: with all of them the same, an image's digest says whether it is the same image. */
export const EPOCH = 1;

/** Builds, and tells about it. */
export async function buildAt(place: Workplace, options: BuildOptions = {}): Promise<Told> {
  const warnings: string[] = [];
  let digestsFromIndex = 0;
  const { digest, steps } = await build({
    context: place.context,
    cacheDir: place.cacheDir,
    output: { type: "oci", dest: place.dest },
    sourceDateEpoch: EPOCH,
    env: {},
    ...options,
    onEvent: (event) => {
      if (event.type === "warning") warnings.push(event.code);
      if (event.type === "context.scanned") digestsFromIndex = event.digestsFromIndex;
      options.onEvent?.(event);
    },
  });
  return {
    digest,
    statuses: steps.map(({ status }) => status).join(" "),
    filesHashed: steps.reduce((sum, step) => sum + step.filesHashed, 0),
    digestsFromIndex,
    warnings,
  };
}

/** The digest that the same build gives with a cache that is empty. */
export async function digestAlone(
  context: Workplace["context"],
  options: BuildOptions = {},
): Promise<string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-alone-"));
  try {
    const place = { context, cacheDir: path.join(folder, "cache"), dest: path.join(folder, "image.tar") };
    return (await buildAt(place, options)).digest;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

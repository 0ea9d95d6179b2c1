import { hash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { writeFiles } from "../../support/build-folder.js";
import { type CommandOptions, type CommandResult, runOciBuild } from "../../support/run-command.js";
import { EPOCH } from "./harm-build.js";

const KiB = 1024;

/** Contexts that have most of their files in common, and the digests of what is built from them. */
export interface Variants {
  readonly contexts: readonly string[];
  /** What builds of them give with an empty cache. */
  readonly images: readonly BuiltVariant[];
}

/** What a build tells, and the SHA-256 of the bytes that it wrote. */
export interface BuiltVariant {
  readonly exitCode: number | null;
  /** The digest of the config, which has those of the layers. */
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: string;
}

/** Writes contexts that differ in some small files and in a part of a large one, and builds each with a cache of its
 * own. */
export async function makeVariants(folder: string, count: number): Promise<Variants> {
  const contexts: string[] = [];
  const images: BuiltVariant[] = [];
  for (let variant = 0; variant < count; variant++) {
    const context = path.join(folder, `context${variant}`);
    writeFiles(context, filesOf(variant));
    contexts.push(context);
    const alone = path.join(folder, `alone${variant}`);
    fs.mkdirSync(alone);
    const dest = path.join(alone, "image.tar");
    const image = await buildVariant({ context, cacheDir: path.join(alone, "cache"), dest });
    if (image.exitCode !== 0) throw new Error(image.stderr);
    images.push(image);
    fs.rmSync(alone, { recursive: true });
  }
  return { contexts, images };
}

function filesOf(variant: number): Record<string, string | Buffer> {
  const files: Record<string, string | Buffer> = {
    Dockerfile: "FROM scratch\nWORKDIR /app\nCOPY small /app/small/\nCOPY large.bin /app/\nCOPY . /all/\n",
    "small/own.txt": `variant ${variant}`,
  };
  for (let index = 0; index < 40; index++) files[`small/${index % 4}/${index}.txt`] = words(index, 4 * KiB);
  const large = words(1000, 2_600 * KiB);
  large.write(`variant ${variant}`, 1_200 * KiB);
  return { ...files, "large.bin": large };
}

/** Bytes that compress about as well as text. */
function words(seed: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = seed + 1;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = 97 + ((state >>> 16) % 24);
  }
  return bytes;
}

/** A build that goes on to its end. */
export async function buildVariant(place: Parameters<typeof runBuild>[0]): Promise<BuiltVariant> {
  const result = await runBuild(place);
  const bytes = result.exitCode === 0 ? hash("sha256", fs.readFileSync(place.dest), "hex") : "";
  return { ...result, bytes };
}

/** A build by the command, in a process of its own. It writes the digest of the config. */
export function runBuild(
  place: { readonly context: string; readonly cacheDir: string; readonly dest: string },
  options: Partial<CommandOptions> = {},
): Promise<CommandResult> {
  const output = `type=oci,dest=${place.dest}`;
  return runOciBuild(["build", "--quiet", "--cache-dir", place.cacheDir, "--output", output, place.context], {
    cwd: path.dirname(place.dest),
    ...options,
    env: { SOURCE_DATE_EPOCH: String(EPOCH), ...options.env },
  });
}

/** A prune of all that no build uses at this moment. */
export function runPrune(cacheDir: string, options: Partial<CommandOptions> = {}): Promise<CommandResult> {
  const args = ["cache", "prune", "--all", "--force", "--cache-dir", cacheDir];
  return runOciBuild(args, { cwd: path.dirname(cacheDir), ...options });
}

/** As if everything in a store had been written and used two hours ago: younger things are never collected. What goes
 * meanwhile is left out. */
export function makeOld(cacheDir: string): void {
  const sec = Date.now() / 1000 - 7_200;
  for (const folder of ["records", "trees", "segments", "blobs/sha256", "projects", "indexes"]) {
    const parent = path.join(cacheDir, "v1", folder);
    for (const name of fs.existsSync(parent) ? fs.readdirSync(parent) : [])
      touch(path.join(parent, name), sec);
  }
}

function touch(file: string, sec: number): void {
  try {
    fs.utimesSync(file, sec, sec);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

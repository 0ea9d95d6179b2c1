import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../build-folder.js";
import { packLayout } from "./image-layout.js";
import { toolObstacle } from "./obstacle.js";

const SUITE = "bookworm";
/** As in the images that Debian publishes. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** It takes 13 seconds in memory, 25 on an idle disk. A slow mirror is no reason to wait longer. */
const TIMEOUT_SEC = 60;

const MEMORY_FOLDER = "/dev/shm";
const NEEDED_BYTES = 1024 ** 3;

const run = promisify(execFile);

/** Debian's smallest system, made once a machine by mmdebstrap and kept in the temporary folder. */
export interface DebianImage {
  /** For skopeo. */
  readonly image: string;
  /** Of the only layer's tar. */
  readonly uncompressedSize: number;
}

/** Why Debian cannot be made here; undefined when it can, or was. */
export function debianObstacle(): string | undefined {
  if (fs.existsSync(debianTar())) return undefined;
  if (process.getuid?.() !== 0) return "only root can make a Debian system";
  return toolObstacle("mmdebstrap");
}

/** Packs Debian as an image of one layer; a message when its packages cannot be had. */
export async function debianImage(): Promise<DebianImage | string> {
  const obstacle = await makeDebianTar();
  if (obstacle !== undefined) return obstacle;
  const folder = temporaryFolder();
  const tar = fs.readFileSync(debianTar());
  const platform = { os: "linux", architecture: process.arch === "x64" ? "amd64" : process.arch };
  packLayout(folder, SUITE, [
    { platform, layers: [tar], config: { Env: [`PATH=${DEFAULT_PATH}`], Cmd: ["bash"] } },
  ]);
  return { image: `oci:${folder}:${SUITE}`, uncompressedSize: tar.length };
}

/** Made under another name first, so that a test that was killed leaves no half of it. */
async function makeDebianTar(): Promise<string | undefined> {
  const file = debianTar();
  if (fs.existsSync(file)) return undefined;
  const half = `${file}.${process.pid}`;
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  // Nobody needs it after a power cut: without waiting for the disk it takes half as long.
  const args = ["--quiet", "--variant=minbase", "--dpkgopt=force-unsafe-io", "--format=tar", SUITE, half];
  try {
    await run("timeout", [String(TIMEOUT_SEC), "mmdebstrap", ...args], { env: scratchEnv() });
    fs.renameSync(half, file);
    return undefined;
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
    if (typeof code !== "number") throw error;
    fs.rmSync(half, { force: true });
    return `mmdebstrap failed: ${stderr?.trim().split("\n").at(-1) || `status ${code}`}`;
  }
}

/** Thousands of small files are written and deleted; memory takes them where there is enough. */
function scratchEnv(): NodeJS.ProcessEnv {
  if (!fs.existsSync(MEMORY_FOLDER)) return process.env;
  const { bavail, bsize } = fs.statfsSync(MEMORY_FOLDER);
  return bavail * bsize < NEEDED_BYTES ? process.env : { ...process.env, TMPDIR: MEMORY_FOLDER };
}

function debianTar(): string {
  const user = String(process.getuid?.() ?? "");
  return path.join(os.tmpdir(), `oci-build-test-debian-${user}`, `${SUITE}.tar`);
}

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { temporaryFolder } from "../build-folder.js";
import { packLayout } from "./image-layout.js";
import { toolObstacle } from "./obstacle.js";

const SUITE = "bookworm";
/** It takes 30 seconds here, of which half is unpacking. A slow mirror is no reason to wait longer. */
const TIMEOUT_SEC = 90;

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
export function debianImage(): DebianImage | string {
  const obstacle = makeDebianTar();
  if (obstacle !== undefined) return obstacle;
  const folder = temporaryFolder();
  const tar = fs.readFileSync(debianTar());
  const platform = { os: "linux", architecture: process.arch === "x64" ? "amd64" : process.arch };
  packLayout(folder, SUITE, [
    { platform, layers: [tar], config: { Env: ["PATH=/usr/bin:/bin"], Cmd: ["bash"] } },
  ]);
  return { image: `oci:${folder}:${SUITE}`, uncompressedSize: tar.length };
}

/** Made under another name first, so that a test that was killed leaves no half of it. */
function makeDebianTar(): string | undefined {
  const file = debianTar();
  if (fs.existsSync(file)) return undefined;
  const half = `${file}.${process.pid}`;
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const args = ["--quiet", "--variant=minbase", "--format=tar", SUITE, half];
  const { status, stderr } = spawnSync("timeout", [String(TIMEOUT_SEC), "mmdebstrap", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status === 0) fs.renameSync(half, file);
  else fs.rmSync(half, { force: true });
  return status === 0 ? undefined : `mmdebstrap failed: ${stderr.trim().split("\n").at(-1)}`;
}

function debianTar(): string {
  const user = String(process.getuid?.() ?? "");
  return path.join(os.tmpdir(), `oci-build-test-debian-${user}`, `${SUITE}.tar`);
}

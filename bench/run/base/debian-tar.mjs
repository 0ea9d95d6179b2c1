import { existsSync, mkdirSync, renameSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CommandFailed, runCommand } from "../../../scripts/run-command.mjs";

const SUITE = "bookworm";
/** On a slow line; in memory and with packages at hand it takes 13 seconds. */
const TIMEOUT_SEC = 300;
const MEMORY_FOLDER = "/dev/shm";
const NEEDED_BYTES = 1024 ** 3;
const HINT = "install mmdebstrap and run this as root once, or give a root file system with --base FILE.tar";

/** A tar of Debian's smallest system: the one that the tests keep in the temporary folder, else made now.
 * @returns {Promise<string>} */
export async function debianTar() {
  const file = keptTar(process.getuid?.() ?? 0);
  if (existsSync(file)) return file;
  if (process.getuid?.() !== 0)
    throw new CommandFailed(`there is no Debian base here, and only root can make one: ${HINT}`);
  const half = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Nobody needs it after a power cut: without waiting for the disk it takes half as long.
  const args = ["--quiet", "--variant=minbase", "--dpkgopt=force-unsafe-io", "--format=tar", SUITE, half];
  const status = await runCommand("timeout", [String(TIMEOUT_SEC), "mmdebstrap", ...args], scratchEnv());
  if (status === 0) {
    renameSync(half, file);
    return file;
  }
  rmSync(half, { force: true });
  // As timeout says that it found no such program.
  if (status === 127) throw new CommandFailed(`mmdebstrap is not installed: ${HINT}`);
  throw new CommandFailed(`mmdebstrap failed with status ${status}: ${HINT}`);
}

/** Where the tests of this user keep it. @param {number} user */
function keptTar(user) {
  return join(tmpdir(), `oci-build-test-debian-${user}`, `${SUITE}.tar`);
}

/** Thousands of small files are written and deleted; memory takes them where there is enough. */
function scratchEnv() {
  if (!existsSync(MEMORY_FOLDER)) return {};
  const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
  return bavail * bsize < NEEDED_BYTES ? {} : { env: { TMPDIR: MEMORY_FOLDER } };
}

import { randomUUID } from "node:crypto";
import { mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { registryError } from "../errors.js";
import type { Members } from "./auth-document.js";

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Puts a document in the place of the one that is there, or leaves that as it was. A link keeps being one, and the
 * file its owner; others than the owner cannot read it.
 * @throws OciBuildError REGISTRY_CREDENTIALS_UNWRITABLE */
export async function writeAuthFile(file: string, members: Members): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: PRIVATE_FOLDER });
    await replace(await linkTarget(file), `${JSON.stringify(members, undefined, "\t")}\n`);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    throw registryError("REGISTRY_CREDENTIALS_UNWRITABLE", {
      message: `the credentials cannot be written to ${file}: ${code}`,
      data: { file, code },
      cause: error,
    });
  }
}

async function replace(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, "wx", PRIVATE_FILE);
    try {
      await keepOwner(file, handle);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** With sudo the file stays the user's. */
async function keepOwner(
  file: string,
  handle: { chown(uid: number, gid: number): Promise<void> },
): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const old = await unlessMissing(stat(file));
  if (old !== undefined) await handle.chown(old.uid, old.gid);
}

async function linkTarget(file: string): Promise<string> {
  return (await unlessMissing(realpath(file))) ?? file;
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return undefined;
  }
}

import { open, stat } from "node:fs/promises";
import path from "node:path";

const USTAR_OFFSET = 257;

/** The path, if a bare name is also that of an image here: of the folder of a layout, or of a tar. A tag behind it is no
 * part of that. Other files and folders are no reason not to take a name for one. */
export async function imageHere(name: string): Promise<string | undefined> {
  const [file = ""] = name.split(":");
  return (await unlessFailed(isImage(file))) === true ? file : undefined;
}

async function isImage(file: string): Promise<boolean> {
  const found = await stat(file);
  if (found.isDirectory()) return (await stat(path.join(file, "oci-layout"))).isFile();
  return found.isFile() && (await isTar(file));
}

async function isTar(file: string): Promise<boolean> {
  await using handle = await open(file, "r");
  const { buffer } = await handle.read(Buffer.alloc(5), 0, 5, USTAR_OFFSET);
  return buffer.toString("latin1") === "ustar";
}

/** What is not there, or not to be read, is no image. */
async function unlessFailed(work: Promise<boolean>): Promise<boolean | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && "syscall" in error) return undefined;
    throw error;
  }
}

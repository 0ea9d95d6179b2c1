import { type FileHandle, open } from "node:fs/promises";
import { type ImageContent, writeImageArchive } from "@oci-build/oci";

/** What is to be compared. */
export interface ComparedArchive {
  readonly file: string;
  readonly content: ImageContent;
  readonly signal: AbortSignal | undefined;
}

class DifferentBytes extends Error {}

/** Whether a file is an archive of some images, byte for byte as it would be written now. One that may be replaced but
 * not read is not known to be. */
export async function holdsArchive({ file, content, signal }: ComparedArchive): Promise<boolean> {
  const handle = await openReadable(file);
  if (handle === undefined) return false;
  let position = 0;
  const compare = async (chunk: Uint8Array): Promise<void> => {
    if (!(await readAt(handle, position, chunk.length)).equals(chunk)) throw new DifferentBytes();
    position += chunk.length;
  };
  try {
    const { size } = await writeImageArchive(content, compare, { signal });
    return (await handle.stat()).size === size;
  } catch (error) {
    if (!(error instanceof DifferentBytes)) throw error;
    return false;
  } finally {
    await handle.close();
  }
}

async function openReadable(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, "r");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EACCES" && code !== "EPERM") throw error;
    return undefined;
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  const { bytesRead } = await handle.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}

import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, realpath, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { ociError } from "../errors.js";
import type { BlobSource } from "../image/blob-source.js";
import type { ImageContent } from "../image/image-content.js";
import { sizedBlob } from "../image/verified-blob.js";
import { writing } from "./file-errors.js";
import { type LayoutFile, planLayout } from "./plan-layout.js";
import type { WriteOptions } from "./write-options.js";

/** The names this writes at the top of a folder. Other writers of layouts have no `manifest.json`. */
const ownNames: readonly string[] = ["blobs", "index.json", "manifest.json", "oci-layout"];

/** Writes images as an OCI image layout in a folder: the files of `writeImageArchive`, byte for byte.
 *
 * Everything is written aside and renamed, so the folder is whole or untouched. A folder that holds exactly what this
 * writes is replaced; an empty one too; any other is refused. `size` is the sum of the files' bytes.
 * @throws OciBuildError OCI_LAYOUT_OCCUPIED, OCI_LAYOUT_UNWRITABLE and the errors of `writeImageArchive` */
export async function writeImageLayout(
  content: ImageContent,
  directory: string,
  { signal }: WriteOptions = {},
): Promise<{ readonly size: number }> {
  const files = await planLayout(content, signal);
  const target = await writing(directory, resolvedTarget(directory));
  const occupied = await occupation(target, directory);
  const aside = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID()}`);
  try {
    await writing(directory, mkdir(aside, { recursive: true }));
    const size = await writeAll(files, { blobs: content.blobs, directory, aside, signal });
    await writing(directory, occupied === "free" ? rename(aside, target) : replace(target, aside));
    return { size };
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** A link to a folder stays; what it leads to is replaced. */
async function resolvedTarget(directory: string): Promise<string> {
  try {
    return await realpath(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return path.resolve(directory);
  }
}

async function occupation(target: string, directory: string): Promise<"free" | "replaceable"> {
  const names = await writing(directory, namesIn(target));
  if (names === undefined) return "free";
  const strange = names.filter((name) => !ownNames.includes(name));
  if (names.length === 0 || (strange.length === 0 && names.length === ownNames.length)) return "replaceable";
  const told = strange.slice(0, 10);
  throw ociError("OCI_LAYOUT_OCCUPIED", {
    message: `${directory} holds something else than an image layout of ours: ${names.slice(0, 10).join(", ")}`,
    data: { directory, strange: told },
    hint: "Name an empty folder or one that does not exist.",
  });
}

async function namesIn(target: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(target);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") return undefined;
    if (code === "ENOTDIR") return [path.basename(target)];
    throw error;
  }
}

/** Between the two renames there is no folder; a failure of the second puts the old one back. */
async function replace(target: string, aside: string): Promise<void> {
  const old = `${aside}.old`;
  await rename(target, old);
  try {
    await rename(aside, target);
  } catch (error) {
    await rename(old, target);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

interface Aside {
  readonly blobs: BlobSource;
  /** As the caller named it, for errors. */
  readonly directory: string;
  readonly aside: string;
  readonly signal: AbortSignal | undefined;
}

async function writeAll(files: readonly LayoutFile[], place: Aside): Promise<number> {
  let size = 0;
  for (const file of files) {
    place.signal?.throwIfAborted();
    const at = path.join(place.aside, ...file.path.split("/"));
    if (file.type === "directory") {
      await writing(place.directory, mkdir(at));
      continue;
    }
    if (file.type === "document") await writing(place.directory, writeFile(at, file.bytes, { flag: "wx" }));
    else await writeBlob(at, sizedBlob(place.blobs.read(file.digest), file), place);
    size += file.type === "document" ? file.bytes.length : file.size;
  }
  return size;
}

async function writeBlob(
  at: string,
  chunks: AsyncIterable<Uint8Array>,
  { directory, signal }: Aside,
): Promise<void> {
  const handle = await writing(directory, open(at, "wx"));
  try {
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      await writing(directory, handle.writeFile(chunk));
    }
  } finally {
    await handle.close();
  }
}

import { statSync } from "node:fs";
import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bootId, ownedName } from "../process/owned-name.js";

/** What is to be known of a layer to stack it, beside its files. */
export interface LayerNote {
  /** The directories that it has something in but does not describe, parents first: stacked on others they would hide
   * what those say of them. */
  readonly implied: readonly string[];
  /** Whether it hides all layers below it. */
  readonly hidesAll: boolean;
}

/** As it is stored, with the boot in which the layer was unpacked until its files are surely on the disk. */
interface StoredNote extends LayerNote {
  /** The time of change of the folder with the files, in nanoseconds: what is done to a whole layer from outside, such as
   * a recursive chown or a restored backup, which loses owners without a word, gives it another one. Older notes lack it. */
  readonly changedNs?: string | undefined;
  readonly unwrittenIn?: string | undefined;
}

const FILE = "layer.json";

/** Where in a layer's folder its files are. */
export const FILES_FOLDER = "root";

/** Linux writes what was changed to the disk half a minute later. Until then the end of the machine may take the bytes
 * of files and leave their names. Nothing is flushed here: to unpack a layer again costs less. */
const WRITTEN_AFTER_MS = 60_000;

/** Writes the note of a layer that was just unpacked, into the folder that is to get the layer's name. */
export async function writeNote(folder: string, { implied, hidesAll }: LayerNote): Promise<void> {
  const note: StoredNote = { implied, hidesAll, changedNs: changedNs(folder), unwrittenIn: bootId() };
  await writeFile(join(folder, FILE), JSON.stringify(note), { mode: 0o600 });
}

/** The note of a layer; undefined when a crash may have left a part of the layer only, and when its files were changed
 * from outside.
 * @throws the system's error when there is none */
export async function readNote(folder: string): Promise<LayerNote | undefined> {
  const file = join(folder, FILE);
  const note = parseNote(await readFile(file, "utf8"));
  if (note?.changedNs !== undefined && note.changedNs !== changedNs(folder)) return undefined;
  if (note?.unwrittenIn === undefined) return note;
  if (note.unwrittenIn !== bootId()) return undefined;
  if ((await stat(file)).mtimeMs < Date.now() - WRITTEN_AFTER_MS) await noteWritten(folder, note);
  return note;
}

/** From now on the layer outlives the machine's end, too. */
async function noteWritten(folder: string, { unwrittenIn: _, ...note }: StoredNote): Promise<void> {
  const file = join(folder, `${FILE}.${ownedName()}`);
  await writeFile(file, JSON.stringify(note), { mode: 0o600 });
  await rename(file, join(folder, FILE));
}

function changedNs(folder: string): string {
  return String(statSync(join(folder, FILES_FOLDER), { bigint: true }).ctimeNs);
}

function parseNote(text: string): StoredNote | undefined {
  try {
    const { implied, hidesAll, changedNs, unwrittenIn } = (JSON.parse(text) ?? {}) as Partial<StoredNote>;
    if (!Array.isArray(implied) || typeof hidesAll !== "boolean") return undefined;
    return { implied, hidesAll, changedNs, unwrittenIn };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

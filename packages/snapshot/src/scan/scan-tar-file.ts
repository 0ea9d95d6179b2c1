import { createHash, hash as hashOnce } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { FileReader } from "@oci-build/oci";
import type { TarArchive } from "./scan-tar-archive.js";

const MiB = 1024 * 1024;

/** Larger files are hashed in turns of the event loop. */
export const TAR_HASH_BUFFER_BYTES: number = MiB;

/** How much of a large file is hashed in one turn. */
const TURN_BYTES = 8 * MiB;

/** A file's bytes in an archive. `path` is the file's name in the tree. */
export interface TarFilePlace {
  readonly archive: TarArchive;
  readonly path: string;
  readonly offset: number;
  readonly size: number;
}

/** Reads a file of an archive; holds nothing open of its own. It looks whether the archive is unchanged before it gives the last
 * bytes, and before the first ones when they are not all. */
export class TarFileReader implements FileReader {
  readonly place: TarFilePlace;
  #done = 0;

  constructor(place: TarFilePlace) {
    this.place = place;
    if (place.size === 0) place.archive.checkUnchanged(place.path);
  }

  read(target: Uint8Array): number {
    const { archive, path, offset, size } = this.place;
    const count = Math.min(target.length, size - this.#done);
    if (count === 0) return 0;
    if (this.#done === 0 && count < size) archive.checkUnchanged(path);
    archive.fill(path, target.subarray(0, count), offset + this.#done);
    if (this.#done + count === size) archive.checkUnchanged(path);
    this.#done += count;
    return count;
  }

  close(): void {
    this.#done = this.place.size;
  }
}

/** SHA-256, in hex, of a file of an archive. A promise only for large files. `buffer` is for the others.
 * @throws OciBuildError SNAPSHOT_FILE_CHANGED, SNAPSHOT_FILE_UNREADABLE */
export function hashTarFile(place: TarFilePlace, buffer: Uint8Array): string | Promise<string> {
  const reader = new TarFileReader(place);
  if (place.size > buffer.length) return hashInTurns(reader);
  return hashOnce("sha256", buffer.subarray(0, reader.read(buffer)), "hex");
}

async function hashInTurns(reader: TarFileReader): Promise<string> {
  const buffer = new Uint8Array(MiB);
  const hash = createHash("sha256");
  let done = 0;
  for (let count = reader.read(buffer); count > 0; count = reader.read(buffer)) {
    hash.update(buffer.subarray(0, count));
    done += count;
    if (done % TURN_BYTES === 0) await nextTurn();
  }
  return hash.digest("hex");
}

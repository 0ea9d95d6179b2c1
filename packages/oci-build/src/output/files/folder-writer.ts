import { randomUUID } from "node:crypto";
import fs from "node:fs";
import { encodePath, type FileReader, type LayerEntry } from "@oci-build/oci";
import { outputError } from "../output-error.js";

type Named<Type extends LayerEntry["type"]> = Extract<LayerEntry, { type: Type }>;

/** What the permission bits of a file that changes its owner may be: all but set-user-ID and set-group-ID. */
const MODE_MASK = 0o1777;
const OWNER_MAY_WRITE = 0o700;
const BUFFER_BYTES = 1024 * 1024;

/** Puts names into a folder, parents first. What has the same name there is replaced at once, and never followed: each
 * directory was seen to be one, or made, before anything is written below it. */
export class FolderWriter {
  readonly #root: string;
  readonly #directories: Named<"directory">[] = [];
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #fileBytes = 0;

  /** @param root The real path of a folder. */
  constructor(root: string) {
    this.#root = root;
  }

  /** Bytes of files written so far. */
  get fileBytes(): number {
    return this.#fileBytes;
  }

  /** Writes the next name; a promise only where bytes have to be waited for. Directories get their permissions and
   * times from `finish`, since files are still written into them.
   * @throws OciBuildError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE; what the file's reader throws */
  write(entry: LayerEntry): Promise<void> | undefined {
    switch (entry.type) {
      case "directory":
        this.#at(entry.path, (place) => makeDirectory(place));
        this.#directories.push(entry);
        return undefined;
      case "file":
        return this.#writeFile(entry);
      case "symlink":
        this.#replace(entry.path, (aside) => {
          fs.symlinkSync(encodePath(entry.target), aside);
          fs.lutimesSync(aside, entry.mtimeSec, entry.mtimeSec);
        });
        return undefined;
      case "hardlink":
        this.#replace(entry.path, (aside) => fs.linkSync(this.#place(entry.target), aside));
        return undefined;
      default:
        throw new TypeError(`a folder has no place for ${entry.type}`);
    }
  }

  /** Gives directories what they are to have, the deepest first.
   * @throws OciBuildError OUTPUT_NOT_WRITABLE */
  finish(): void {
    for (const { path, mode, mtimeSec } of this.#directories.toReversed()) {
      this.#at(path, (place) => {
        fs.chmodSync(place, mode & MODE_MASK);
        fs.utimesSync(place, mtimeSec, mtimeSec);
      });
    }
  }

  async #writeFile(file: Named<"file">): Promise<void> {
    const reader = await file.open();
    try {
      await this.#copyFile(file, reader);
    } finally {
      await reader.close();
    }
  }

  async #copyFile({ path, mode, mtimeSec }: Named<"file">, reader: FileReader): Promise<void> {
    const aside = this.#aside(path);
    const fd = this.#at(path, () => fs.openSync(aside, "wx", 0o600));
    try {
      for (let count = await reader.read(this.#buffer); count > 0; count = await reader.read(this.#buffer)) {
        this.#at(path, () => writeAll(fd, this.#buffer.subarray(0, count)));
        this.#fileBytes += count;
      }
      this.#at(path, (place) => {
        fs.fchmodSync(fd, mode & MODE_MASK);
        fs.futimesSync(fd, mtimeSec, mtimeSec);
        fs.renameSync(aside, place);
      });
    } finally {
      fs.closeSync(fd);
      removeIfThere(aside);
    }
  }

  #replace(path: string, make: (aside: Buffer) => void): void {
    const aside = this.#aside(path);
    this.#at(path, (place) => {
      try {
        make(aside);
        fs.renameSync(aside, place);
      } finally {
        removeIfThere(aside);
      }
    });
  }

  /** A name beside a path that fits into any folder, however long the path's own name is. */
  #aside(path: string): Buffer {
    return this.#place(`${path.slice(0, path.lastIndexOf("/") + 1)}.${randomUUID()}.tmp`);
  }

  #at<T>(path: string, work: (place: Buffer) => T): T {
    try {
      return work(this.#place(path));
    } catch (error) {
      throw outputError(error, `${this.#root}/${path}`);
    }
  }

  #place(path: string): Buffer {
    return encodePath(`${this.#root}/${path}`);
  }
}

/** Also one that its owner may not write to, as another build of the same image has left it. */
function makeDirectory(place: Buffer): void {
  const found = fs.lstatSync(place, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) {
    if ((found.mode & OWNER_MAY_WRITE) !== OWNER_MAY_WRITE) fs.chmodSync(place, found.mode | OWNER_MAY_WRITE);
    return;
  }
  if (found !== undefined) fs.unlinkSync(place);
  fs.mkdirSync(place, OWNER_MAY_WRITE);
}

/** After a rename it is not, but for a hard link of the very file that has the name: renaming does nothing then. */
function removeIfThere(aside: Buffer): void {
  try {
    fs.unlinkSync(aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += fs.writeSync(fd, bytes, done);
}

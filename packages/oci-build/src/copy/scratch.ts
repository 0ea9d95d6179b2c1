import fs from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { FileReader, OpenFile } from "@oci-build/oci";
import { outputError } from "../output/output-error.js";

/** A place in some bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly size: number;
}

/** A folder for what a build must put aside, made when first needed and removed with the build. */
export class Scratch implements AsyncDisposable {
  #folder: Promise<string> | undefined;
  #files = 0;

  /** Makes openers of parts of some bytes, which are written to a file when the first part is opened. */
  copyOf(bytes: () => AsyncIterable<Uint8Array>): (range: ByteRange) => OpenFile {
    let copy: Promise<string> | undefined;
    return (range) => async () => {
      copy ??= this.#write(bytes());
      return rangeReader(await copy, range);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#folder !== undefined) await rm(await this.#folder, { recursive: true, force: true });
  }

  async #write(bytes: AsyncIterable<Uint8Array>): Promise<string> {
    this.#folder ??= mkdtemp(path.join(os.tmpdir(), "oci-build-"));
    this.#files += 1;
    const file = path.join(await this.#folder, String(this.#files));
    const handle = await open(file, "wx", 0o600);
    try {
      for await (const chunk of bytes) await handle.writeFile(chunk);
    } catch (error) {
      throw outputError(error, file);
    } finally {
      await handle.close();
    }
    return file;
  }
}

function rangeReader(file: string, { offset, size }: ByteRange): FileReader {
  const fd = fs.openSync(file, "r");
  let done = 0;
  return {
    read(target) {
      const count = fs.readSync(fd, target, 0, Math.min(target.length, size - done), offset + done);
      done += count;
      return count;
    },
    close: () => fs.closeSync(fd),
  };
}

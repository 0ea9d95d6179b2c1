import type { TransferProgress } from "@oci-build/registry";
import type { PutImage } from "../../images/put-image.js";
import type { CliProcess } from "../terminal.js";
import { shortId } from "./short-id.js";

/** What is said of a blob that went over the line, and of one that was there: Docker's words. */
interface TransferWords {
  readonly done: string;
  readonly present: string;
}

/** Tells of each blob of a transfer on a line, as soon as it is there. */
export class TransferLines {
  readonly #process: CliProcess;
  readonly #words: TransferWords;
  readonly #told = new Set<string>();

  constructor(process: CliProcess, words: TransferWords) {
    this.#process = process;
    this.#words = words;
  }

  readonly onProgress = ({ digest, size, doneBytes }: TransferProgress): void => {
    if (doneBytes !== size || this.#told.has(digest)) return;
    this.#told.add(digest);
    this.#process.stdout.write(`${shortId(digest)}: ${this.#words.done}\n`);
  };

  /** Tells of those of which nothing was sent. */
  finish({ blobs }: PutImage): void {
    for (const { digest, outcome } of blobs) {
      if (this.#told.has(digest)) continue;
      const word =
        outcome === "mounted" ? "Mounted" : outcome === "foreign" ? "Skipped" : this.#words.present;
      this.#process.stdout.write(`${shortId(digest)}: ${word}\n`);
    }
  }
}

import { hash } from "node:crypto";
import { rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { isOciBuildError, systemErrorCode } from "@oci-build/oci";
import { makeFolder } from "../store/make-folder.js";
import { readSealed, type SealedKind, writeSealed } from "../store/sealed-file.js";
import type { StoreContext } from "../store/store-context.js";
import { storeError } from "../store/store-error.js";
import { listFiles } from "../store/store-files.js";
import { readOrWarn } from "../store/warn-damage.js";

/** Room for some 5,000,000 files. */
const INDEX_FILE_MAX_BYTES: number = 513 * 1024 * 1024;

/** How many variants of one context are kept, so that an ignore file that is edited often leaves no trail. */
export const CONTEXT_VARIANTS_MAX = 4;

export const indexKind: SealedKind = { name: "file-index", version: 1, maxBytes: INDEX_FILE_MAX_BYTES };

const VARIANT_HEX_LENGTH = 16;

/** Which index is meant: a context by its real path, and what tells its indexes apart. */
export interface IndexName {
  readonly context: string;
  readonly variant: string;
}

/** File-digest indexes of contexts, one file each: a `DigestIndexStore` of @oci-build/snapshot. The time of a file is
 * when it was last used. */
export class FileIndexStore {
  readonly #store: StoreContext;

  constructor(store: StoreContext) {
    this.#store = store;
  }

  /** The bytes of an index, else those of the context's variant that was used last, else undefined. */
  async read(name: IndexName): Promise<Uint8Array | undefined> {
    return this.#orWarn(async () => {
      const own = indexFile(name);
      const bytes = await this.#readFile(own);
      if (bytes !== undefined) return bytes;
      for (const file of await this.#variants(name)) {
        const other = file === own ? undefined : await this.#readFile(file);
        if (other !== undefined) return other;
      }
      return undefined;
    });
  }

  /** Replaces an index in one step. */
  async write(name: IndexName, bytes: Uint8Array): Promise<void> {
    const { indexes } = this.#store.paths;
    await this.#orWarn(async () => {
      await makeFolder(this.#store, indexes);
      await writeSealed(this.#store, join(indexes, indexFile(name)), { kind: indexKind, body: bytes });
      for (const file of (await this.#variants(name)).slice(CONTEXT_VARIANTS_MAX)) {
        await rm(join(indexes, file), { force: true });
      }
    });
  }

  /** Without an index the build hashes more, and is right. */
  async #orWarn<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const problem = storeError(error, this.#store.paths.indexes);
      if (!isOciBuildError(problem)) throw error;
      this.#store.onWarning(problem);
      return undefined;
    }
  }

  async #readFile(file: string): Promise<Buffer | undefined> {
    const path = join(this.#store.paths.indexes, file);
    const bytes = await readOrWarn(this.#store, path, () => readSealed(path, indexKind));
    if (bytes !== undefined) await this.#markUsed(path);
    return bytes;
  }

  /** The files of a context, that which was used last first. */
  async #variants({ context }: IndexName): Promise<readonly string[]> {
    const prefix = contextPrefix(context);
    const files = await listFiles(this.#store.paths.indexes);
    const own = files.filter(({ name }) => name.startsWith(prefix));
    return own.sort((a, b) => b.mtimeMs - a.mtimeMs).map(({ name }) => name);
  }

  /** That a store cannot be written is no reason to do without the index. */
  async #markUsed(path: string): Promise<void> {
    const nowSec = this.#store.now() / 1000;
    try {
      await utimes(path, nowSec, nowSec);
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
    }
  }
}

/** The name of an index's file: no context's begins like another's. */
function indexFile({ context, variant }: IndexName): string {
  return contextPrefix(context) + hash("sha256", variant, "hex").slice(0, VARIANT_HEX_LENGTH);
}

/** How the names of all indexes of a context begin. */
export function contextPrefix(context: string): string {
  return `${hash("sha256", context, "hex")}-`;
}

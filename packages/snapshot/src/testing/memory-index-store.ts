import { hash } from "node:crypto";
import type { DigestIndexName, DigestIndexStore } from "../scan/index/digest-index-store.js";

/** A store of indexes that forgets them with the process. `written` counts. */
export class MemoryIndexStore implements DigestIndexStore {
  written = 0;
  /** In the order in which they were written. */
  readonly #indexes: {
    readonly name: DigestIndexName;
    readonly bytes: Uint8Array;
    readonly sha256: string;
  }[] = [];

  read(name: DigestIndexName): Promise<Uint8Array | undefined> {
    const own = this.#indexes.filter((index) => index.name.context === name.context);
    const found = own.findLast((index) => index.name.variant === name.variant) ?? own.at(-1);
    const isWhole = found !== undefined && hash("sha256", found.bytes, "hex") === found.sha256;
    return Promise.resolve(isWhole ? new Uint8Array(found.bytes) : undefined);
  }

  /** Changes all indexes as if that had been written. */
  damage(change: (bytes: Uint8Array) => Uint8Array): void {
    for (const { name, bytes } of this.#indexes.splice(0)) void this.write(name, change(bytes));
  }

  write(name: DigestIndexName, bytes: Uint8Array): Promise<void> {
    this.written += 1;
    this.#indexes.push({ name, bytes: new Uint8Array(bytes), sha256: hash("sha256", bytes, "hex") });
    return Promise.resolve();
  }
}

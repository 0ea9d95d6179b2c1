import type { Digest, Entry, FileReader } from "@oci-build/oci";
import type { Snapshot, Subtree } from "@oci-build/snapshot";

/** A tree that is made when somebody first asks it something. */
export class LazySnapshot implements Snapshot {
  readonly #make: () => Snapshot;

  constructor(make: () => Snapshot) {
    this.#make = make;
  }

  entries(): Iterable<Entry> {
    return this.#make().entries();
  }

  get(path: string): Entry | undefined {
    return this.#make().get(path);
  }

  list(path: string): readonly string[] | undefined {
    return this.#make().list(path);
  }

  openFile(path: string): FileReader | Promise<FileReader> {
    return this.#make().openFile(path);
  }

  fileDigest(path: string): Digest | Promise<Digest> {
    return this.#make().fileDigest(path);
  }

  subtree(path: string): Subtree | undefined {
    return this.#make().subtree?.(path);
  }
}

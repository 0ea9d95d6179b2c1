import type { Digest } from "@oci-build/oci";
import { readSealed, type SealedKind, writeSealed } from "../store/sealed-file.js";
import type { StoreContext } from "../store/store-context.js";
import { readOrWarn } from "../store/warn-damage.js";
import type { Tombstone } from "./tombstone.js";
import { decodeTombstones, encodeTombstones, TOMBSTONE_BYTES } from "./tombstone-codec.js";

/** The newest ones are kept: a few prunes of a large store, in 640 KiB. */
export const TOMBSTONES_MAX = 16_384;

export const tombstoneKind: SealedKind = {
  name: "tombstones",
  version: 1,
  maxBytes: TOMBSTONES_MAX * TOMBSTONE_BYTES + 256,
};

/** The tombstones of collected records, oldest first, in one file. */
export class TombstoneStore {
  readonly #store: StoreContext;

  constructor(store: StoreContext) {
    this.#store = store;
  }

  /** The newest tombstone of a key. */
  async find(key: Digest): Promise<Tombstone | undefined> {
    return (await this.list()).findLast((tombstone) => tombstone.key === key);
  }

  async list(): Promise<readonly Tombstone[]> {
    const path = this.#store.paths.tombstoneFile;
    const read = async (): Promise<readonly Tombstone[]> =>
      decodeTombstones(await readSealed(path, tombstoneKind));
    return (await readOrWarn(this.#store, path, read)) ?? [];
  }

  /** Adds tombstones; each takes the place of an older one of its key. The caller holds the lock `records`. */
  async add(added: readonly Tombstone[]): Promise<void> {
    if (added.length === 0) return;
    const keys = new Set(added.map(({ key }) => key));
    const others = (await this.list()).filter(({ key }) => !keys.has(key));
    const body = encodeTombstones([...others, ...added].slice(-TOMBSTONES_MAX));
    await writeSealed(this.#store, this.#store.paths.tombstoneFile, { kind: tombstoneKind, body });
  }
}

import { utimes } from "node:fs/promises";
import { type Digest, systemErrorCode } from "@oci-build/oci";
import type { LayerBlob } from "../blob-store.js";
import { hideSecrets } from "../keys/hide-secrets.js";
import type { StepKey } from "../keys/step-key.js";
import type { LayerStore } from "../layers/layer-store.js";
import { withLock } from "../lock/with-lock.js";
import { readSealed, type SealedKind, writeSealed } from "../store/sealed-file.js";
import type { StoreContext } from "../store/store-context.js";
import { digestPath } from "../store/store-paths.js";
import { readOrWarn } from "../store/warn-damage.js";
import { decodeRecord, encodeRecord } from "./record-codec.js";
import type { RecordedLayer, RecordMode, StepRecord, StepResult } from "./step-record.js";

/** The largest fields are argv and environment, which Linux limits to 2 MiB (ARG_MAX). */
export const RECORD_MAX_BYTES: number = 8 * 1024 * 1024;

const recordKind: SealedKind = { name: "record", version: 1, maxBytes: RECORD_MAX_BYTES };

/** Records by key: one file each. */
export class RecordStore {
  readonly #store: StoreContext;
  readonly #layers: LayerStore;

  constructor(store: StoreContext, layers: LayerStore) {
    this.#store = store;
    this.#layers = layers;
  }

  async lookUp(key: StepKey): Promise<StepRecord | undefined> {
    const record = await this.#read(key);
    if (record === undefined || (await this.#markUsed(key)) === "gone") return undefined;
    return record;
  }

  /** Read, decide and replace happen under one lock, so that two processes never both believe they were first. */
  record(key: StepKey, result: StepResult, mode: RecordMode): Promise<StepRecord> {
    const fresh = this.#recordOf(key, result);
    return withLock(this.#store, "records", async () => {
      const existing = mode === "replace" ? undefined : await this.#read(key);
      const chosen = existing === undefined ? fresh : await this.#adopt(existing, fresh);
      if (chosen === existing) await this.#markUsed(key);
      else await this.#write(key, chosen);
      return chosen;
    });
  }

  #recordOf(key: StepKey, { stepName, createdSec, content, image }: StepResult): StepRecord {
    return {
      version: 1,
      key: key.digest,
      fields: hideSecrets(key.fields),
      stepName,
      createdSec: createdSec ?? Math.floor(this.#store.now() / 1000),
      contentDigest: content?.digest,
      layers: content === undefined ? [] : [recordedLayer(content.form, content.layer)],
      ...(image === undefined ? {} : { image }),
    };
  }

  /** The record that stands when there is one already: the old one if anything of its content is left, with the new
   * form added to it when both have the same content. */
  async #adopt(existing: StepRecord, fresh: StepRecord): Promise<StepRecord> {
    const [added] = fresh.layers;
    if (added === undefined) return existing;
    const sound = await this.#soundLayers(existing);
    if (existing.contentDigest !== fresh.contentDigest) return sound.length > 0 ? existing : fresh;
    if (sound.some((layer) => layer.form === added.form)) return existing;
    return { ...existing, layers: [...existing.layers.filter((layer) => layer.form !== added.form), added] };
  }

  async #soundLayers(record: StepRecord): Promise<readonly RecordedLayer[]> {
    const found = await Promise.all(record.layers.map((layer) => this.#layers.read(layer)));
    return record.layers.filter((_, index) => found[index] !== undefined);
  }

  #read(key: StepKey): Promise<StepRecord | undefined> {
    const path = this.#path(key);
    return readOrWarn(this.#store, path, () => readRecordFile(path, key.digest));
  }

  #write(key: StepKey, record: StepRecord): Promise<void> {
    return writeSealed(this.#store, this.#path(key), { kind: recordKind, body: encodeRecord(record) });
  }

  /** The file's time is when it was last used. A record that is gone when it is to be marked was collected since it
   * was read, and its layers follow; prune looks at the time once it has put the record aside, so that one of both
   * always sees the other. That a store cannot be written is no reason to miss. */
  async #markUsed(key: StepKey): Promise<"marked" | "gone"> {
    const nowSec = this.#store.now() / 1000;
    try {
      await utimes(this.#path(key), nowSec, nowSec);
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === undefined) throw error;
      if (code === "ENOENT") return "gone";
    }
    return "marked";
  }

  #path(key: StepKey): string {
    return digestPath(this.#store.paths.records, key.digest);
  }
}

/** The record of a key, from its file.
 * @throws OciBuildError CACHE_ENTRY_CORRUPT, CACHE_ENTRY_TOO_LARGE, and as `decodeRecord`; system errors as they are */
export async function readRecordFile(path: string, key: Digest): Promise<StepRecord> {
  return decodeRecord(key, await readSealed(path, recordKind));
}

/** Only what a record keeps: a stored layer would drag its tree along. */
function recordedLayer(form: string, layer: LayerBlob): RecordedLayer {
  const { mediaType, digest, size, diffId, uncompressedSize } = layer;
  return { form, mediaType, digest, size, diffId, uncompressedSize };
}

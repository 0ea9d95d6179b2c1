import type { Digest, FoundSegment, NamedSegment, OciBuildError, SegmentSource } from "@oci-build/oci";
import { corrupt } from "../store/sealed-file.js";
import type { StoreContext } from "../store/store-context.js";
import { type BlobSegments, openBlobSegments } from "./open-blob-segments.js";
import { recentTables } from "./recent-tables.js";

/** Blobs that are held open for one layer, at the most. The newest layer of a step holds all that it took over from
 * older ones, so more than the last few steps' add nothing. */
export const SOURCE_MAX_BLOBS = 32;

/** Segments of all of them, at the most: some 400 bytes of memory each. */
const SOURCE_MAX_SEGMENTS = 131_072;

export interface SegmentSourceOptions {
  /** Blobs to look into first, as those of the same step's last layers. The rest follows, written last first. */
  readonly prefer?: readonly Digest[] | undefined;
}

/** Segments of stored layers. After disposing it finds nothing more. */
export interface StoredSegments extends SegmentSource, AsyncDisposable {}

type Look<Found> = (blob: BlobSegments) => Found | undefined;

/** Finds segments in the blobs of a store; tables are read one by one, when those before them miss. */
export class StoredSegmentSource implements StoredSegments {
  readonly #store: StoreContext;
  readonly #candidates: AsyncIterator<Digest>;
  readonly #blobs: BlobSegments[] = [];
  readonly #damaged = new Set<BlobSegments>();
  #segments = 0;
  #state: "more" | "complete" | "disposed" = "more";
  #opening: Promise<void> | undefined;

  constructor(store: StoreContext, { prefer = [] }: SegmentSourceOptions) {
    this.#store = store;
    this.#candidates = candidates(store, prefer);
  }

  find(key: string): FoundSegment | undefined | Promise<FoundSegment | undefined> {
    return this.#find((blob) => blob.find(key));
  }

  findPrefix(name: string): NamedSegment | undefined | Promise<NamedSegment | undefined> {
    return this.#find((blob) => blob.findPrefix(name));
  }

  rejected(key: string, error: OciBuildError): void {
    const blob = this.#blobs.find((one) => one.find(key) !== undefined);
    if (blob === undefined) return;
    blob.drop(key);
    if (this.#damaged.has(blob)) return;
    this.#damaged.add(blob);
    this.#store.onWarning(corrupt(blob.path, "a part of it that a new layer could share", error));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#state = "disposed";
    await this.#opening;
    await Promise.all(this.#blobs.splice(0).map((blob) => blob.close()));
  }

  #find<Found>(look: Look<Found>): Found | undefined | Promise<Found | undefined> {
    const found = this.#findOpened(look);
    return found !== undefined || this.#state !== "more" ? found : this.#findFurther(look);
  }

  #findOpened<Found>(look: Look<Found>): Found | undefined {
    for (const blob of this.#blobs) {
      const found = look(blob);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #findFurther<Found>(look: Look<Found>): Promise<Found | undefined> {
    while (this.#state === "more") {
      // All who miss at the same time wait for the same table.
      this.#opening ??= this.#openNext().finally(() => {
        this.#opening = undefined;
      });
      await this.#opening;
      const found = this.#findOpened(look);
      if (found !== undefined) return found;
    }
    return this.#findOpened(look);
  }

  async #openNext(): Promise<void> {
    const next = await this.#candidates.next();
    const blob = next.done === true ? undefined : await openBlobSegments(this.#store, next.value);
    if (blob !== undefined) {
      this.#blobs.push(blob);
      this.#segments += blob.count;
    }
    const isFull = this.#blobs.length >= SOURCE_MAX_BLOBS || this.#segments >= SOURCE_MAX_SEGMENTS;
    if (this.#state === "more" && (next.done === true || isFull)) this.#state = "complete";
  }
}

async function* candidates(
  store: StoreContext,
  prefer: readonly Digest[],
): AsyncGenerator<Digest, void, undefined> {
  const given = new Set(prefer);
  yield* given;
  for (const digest of await recentTables(store)) if (!given.has(digest)) yield digest;
}

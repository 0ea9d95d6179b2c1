import { type Descriptor, decodeIndex, encodeJson, type ImageIndex, mediaTypes } from "@oci-build/oci";
import { withLock } from "../lock/with-lock.js";
import { readBounded } from "../store/read-file.js";
import type { StoreContext } from "../store/store-context.js";
import { readOrWarn } from "../store/warn-damage.js";
import { writeStoreFile } from "../store/write-file.js";

/** Room for some ten thousand tags. */
export const INDEX_MAX_BYTES: number = 4 * 1024 * 1024;

/** The annotations that name an image in a layout, the image-spec's and containerd's. Both hold the full name: the tag
 * alone, which archives of one image have in the first, would not tell the images of a store apart.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md#pre-defined-annotation-keys */
const REF_NAME = "org.opencontainers.image.ref.name";
const CONTAINERD_NAME = "io.containerd.image.name";

const emptyIndex: ImageIndex = { schemaVersion: 2, mediaType: mediaTypes.imageIndex, manifests: [] };

/** The tagged images of the store: its `index.json`. */
export class ImageIndexStore {
  readonly #store: StoreContext;

  constructor(store: StoreContext) {
    this.#store = store;
  }

  async list(): Promise<readonly Descriptor[]> {
    return (await this.#read()).manifests;
  }

  async tag(name: string, image: Descriptor): Promise<void> {
    const annotations = { ...image.annotations, [REF_NAME]: name, [CONTAINERD_NAME]: name };
    const named = { ...image, annotations };
    await this.#change((images) => [...images.filter((other) => !hasName(other, name)), named]);
  }

  async untag(name: string): Promise<void> {
    await this.#change((images) => images.filter((image) => !hasName(image, name)));
  }

  /** A reader sees the index before or after; two writers do not lose each other's names. */
  async #change(edit: (images: readonly Descriptor[]) => readonly Descriptor[]): Promise<void> {
    await withLock(this.#store, "index", async () => {
      const index = await this.#read();
      const bytes = encodeJson({ ...index, manifests: edit(index.manifests) });
      await writeStoreFile(this.#store, this.#store.paths.indexFile, { bytes, durability: "flush" });
    });
  }

  async #read(): Promise<ImageIndex> {
    const path = this.#store.paths.indexFile;
    const read = async (): Promise<ImageIndex> => decodeIndex(await readBounded(path, INDEX_MAX_BYTES));
    return (await readOrWarn(this.#store, path, read)) ?? emptyIndex;
  }
}

/** The name of an image in the store's index, or nothing for one that another tool put there. */
export function imageName(image: Descriptor): string {
  return image.annotations?.[REF_NAME] ?? "";
}

function hasName(image: Descriptor, name: string): boolean {
  return image.annotations?.[REF_NAME] === name;
}

import type { BlobStore } from "@oci-build/cache";
import { type Descriptor, type Digest, kindOfMediaType, type Platform, readBlob } from "@oci-build/oci";
import {
  formatReference,
  parseReference,
  type RegistryClient,
  type Repository,
  readConfig,
} from "@oci-build/registry";
import { describeDocument, isUnavailable } from "./document-in-store.js";
import { type DocumentReader, findManifest } from "./find-manifest.js";
import type { FoundImage, ImageOrigin } from "./image-origin.js";

/** The images of registries. A tag is always asked for, a digest only when the store does not have it; documents that
 * the store has are not fetched again. */
export class RegistryOrigin implements ImageOrigin {
  readonly #blobs: BlobStore;
  readonly #client: Pick<RegistryClient, "repository">;

  constructor(client: Pick<RegistryClient, "repository">, blobs: BlobStore) {
    this.#client = client;
    this.#blobs = blobs;
  }

  /** @throws OciBuildError REGISTRY_MANIFEST_MISSING, and as `findManifest` and every request */
  async find(name: string, platform: Platform): Promise<FoundImage> {
    const { registry, repository: path, tag, digest } = parseReference(name);
    const repository = this.#client.repository({ registry, repository: path });
    const shownTag = tag ?? (digest === undefined ? "latest" : undefined);
    const reference = formatReference({ registry, repository: path, tag: shownTag, digest });
    const root = await this.#root(repository, digest ?? shownTag ?? "latest", digest);
    const found = await findManifest(root, { reference, platform, read: this.#reader(repository) });
    return { reference, ...found, blobs: repository, distance: "far", mountFrom: repository.name };
  }

  async #root(repository: Repository, target: string, digest: Digest | undefined): Promise<Descriptor> {
    const known = digest === undefined ? undefined : await this.#known(digest);
    const found = known ?? (await repository.resolve(target));
    // Asking for what is not there tells why.
    return found ?? (await repository.manifest(target)).descriptor;
  }

  async #known(digest: Digest): Promise<Descriptor | undefined> {
    try {
      return await describeDocument(this.#blobs, digest);
    } catch (error) {
      if (isUnavailable(error)) return undefined;
      throw error;
    }
  }

  #reader(repository: Repository): DocumentReader {
    return async (descriptor, maxBytes) =>
      (await this.#stored(descriptor, maxBytes)) ?? (await fetched(repository, descriptor));
  }

  async #stored(descriptor: Descriptor, maxBytes: number): Promise<Buffer | undefined> {
    if ((await this.#blobs.size(descriptor.digest)) !== descriptor.size) return undefined;
    try {
      return await readBlob(this.#blobs, descriptor, maxBytes);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      await this.#blobs.forget(descriptor.digest);
      return undefined;
    }
  }
}

async function fetched(repository: Repository, descriptor: Descriptor): Promise<Buffer> {
  if (kindOfMediaType(descriptor.mediaType) === "config") return readConfig(repository, descriptor);
  return (await repository.manifest(descriptor.digest)).bytes;
}

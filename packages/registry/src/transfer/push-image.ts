import type { BlobSource, Descriptor, StoredDocument } from "@oci-build/oci";
import type { BlobOutcome, Repository } from "../client/repository.js";
import { gatherPush, type PushPlan, readDocument } from "./gather-push.js";
import { runPool } from "./run-pool.js";
import { CONCURRENCY_DEFAULT, inTransferOrder, type TransferOptions } from "./transfer-progress.js";

/** What to push. */
export interface PushRequest extends TransferOptions {
  /** Has every blob that the root leads to. A layer that is nowhere at hand may be read from where it came from: it is
   * asked for only when the registry neither has nor can mount it. */
  readonly blobs: BlobSource;
  /** The manifest or index. */
  readonly root: Descriptor;
  /** None: by digest alone. */
  readonly tags: readonly string[];
  /** Repositories of the same registry that may have a layer, likeliest first. */
  readonly mountFrom?: ((layer: Descriptor) => readonly string[]) | undefined;
}

/** What a push did. */
export interface PushReport {
  /** What the tags stand for now. */
  readonly digest: Descriptor["digest"];
  /** Layers and configs. Empty when the registry had the manifest. */
  readonly blobs: readonly PushedBlob[];
  /** Manifests and indexes that were sent, in that order; a manifest once for each new tag. */
  readonly manifests: readonly PushedManifest[];
  /** Bytes of blobs and manifests that went over the line, repetitions included. */
  readonly bytesSent: number;
}

/** A blob that the repository has now; `foreign` ones are left where their URLs point, as their type demands. */
export interface PushedBlob {
  readonly digest: Descriptor["digest"];
  readonly size: number;
  readonly outcome: BlobOutcome | "foreign";
}

/** A manifest or index that was sent. */
export interface PushedManifest {
  readonly digest: Descriptor["digest"];
  readonly size: number;
  readonly tag: string | undefined;
}

/** Makes a repository have an image: first its blobs, then the manifests that name them, tags last, so that a tag never
 * stands for something incomplete. What the registry has is not sent, nor asked for when a manifest above it is there.
 * @throws OciBuildError those of `Repository.writeBlob` and `writeManifest`, and of `blobs` */
export async function pushImage(repository: Repository, request: PushRequest): Promise<PushReport> {
  return new Push(repository, request).run();
}

class Push {
  readonly #repository: Repository;
  readonly #request: PushRequest;
  readonly #blobs: PushedBlob[] = [];
  readonly #manifests: PushedManifest[] = [];
  #bytesSent = 0;

  constructor(repository: Repository, request: PushRequest) {
    this.#repository = repository;
    this.#request = request;
  }

  async run(): Promise<PushReport> {
    const { root, tags } = this.#request;
    const targets = tags.length > 0 ? [...new Set(tags)] : [root.digest];
    const missing = await this.#missing(targets);
    if (missing.length > 0) {
      const isThere = missing.length < targets.length || (tags.length > 0 && (await this.#has(root)));
      const plan = await this.#plan(isThere);
      await this.#sendBlobs(plan.blobs);
      for (const document of plan.below) await this.#sendManifest(document, undefined);
      for (const target of missing) {
        await this.#sendManifest(plan.root, tags.includes(target) ? target : undefined);
      }
    }
    const report = { blobs: this.#blobs, manifests: this.#manifests, bytesSent: this.#bytesSent };
    return { digest: root.digest, ...report };
  }

  /** The targets that do not stand for the image yet. */
  async #missing(targets: readonly string[]): Promise<readonly string[]> {
    const { root } = this.#request;
    const found = await Promise.all(targets.map((target) => this.#resolve(target)));
    return targets.filter((_, at) => found[at]?.digest !== root.digest);
  }

  #resolve(target: string): Promise<Descriptor | undefined> {
    return this.#repository.resolve(target, { purpose: "write", signal: this.#request.signal });
  }

  async #has({ digest }: Descriptor): Promise<boolean> {
    return (await this.#resolve(digest)) !== undefined;
  }

  /** What to send; of an image that is there only the manifest, for its new tags. */
  async #plan(isThere: boolean): Promise<PushPlan> {
    const { blobs, root, signal } = this.#request;
    if (isThere) return { root: await readDocument(blobs, root), below: [], blobs: [] };
    return gatherPush(root, { blobs, isThere: (descriptor) => this.#has(descriptor), signal });
  }

  async #sendBlobs(blobs: readonly Descriptor[]): Promise<void> {
    const { concurrency = CONCURRENCY_DEFAULT, signal } = this.#request;
    await runPool(inTransferOrder(blobs), { concurrency, signal }, async (blob, stop) => {
      const { digest, size } = blob;
      const outcome = isForeign(blob) ? "foreign" : await this.#sendBlob(blob, stop);
      this.#blobs.push({ digest, size, outcome });
    });
  }

  #sendBlob(blob: Descriptor, signal: AbortSignal): Promise<BlobOutcome> {
    const { blobs, mountFrom, onProgress } = this.#request;
    const { digest, size } = blob;
    let doneBytes = 0;
    return this.#repository.writeBlob(blob, {
      open: () => blobs.read(digest),
      mountFrom: mountFrom?.(blob),
      signal,
      onBytes: (count) => {
        doneBytes += count;
        this.#bytesSent += Math.max(count, 0);
        onProgress?.({ digest, size, doneBytes });
      },
    });
  }

  async #sendManifest(document: StoredDocument, tag: string | undefined): Promise<void> {
    const { digest, size } = document.descriptor;
    await this.#repository.writeManifest(document, tag, { signal: this.#request.signal });
    this.#bytesSent += size;
    this.#manifests.push({ digest, size, tag });
  }
}

/** Layers that may not be handed on, and say where they are to be had.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#non-distributable-layers */
function isForeign({ mediaType, urls }: Descriptor): boolean {
  const isNamed = mediaType.includes(".nondistributable.") || mediaType.includes(".foreign.");
  return isNamed && urls !== undefined && urls.length > 0;
}

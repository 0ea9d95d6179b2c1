import type { Digest } from "@oci-build/oci";
import { unlessAborted } from "../http/unless-aborted.js";
import type { RepositoryName, RequestOptions } from "./repository.js";

/** More blobs than any build touches; beyond it the ones known longest are forgotten. */
const KNOWN_MAX = 50_000;

/** Which blobs a client has seen in which repository, so that none is asked for or sent twice, and the next repository
 * of the registry can mount it. */
export class KnownBlobs {
  readonly #repositories = new Map<string, Set<string>>();
  readonly #running = new Map<string, Promise<unknown>>();

  has(name: RepositoryName, digest: Digest): boolean {
    return this.#repositories.get(blobKey(name.registry, digest))?.has(name.repository) === true;
  }

  add(name: RepositoryName, digest: Digest): void {
    const key = blobKey(name.registry, digest);
    const repositories = this.#repositories.get(key) ?? new Set();
    repositories.add(name.repository);
    this.#repositories.delete(key);
    this.#repositories.set(key, repositories);
    if (this.#repositories.size <= KNOWN_MAX) return;
    for (const oldest of this.#repositories.keys()) {
      this.#repositories.delete(oldest);
      return;
    }
  }

  forget(name: RepositoryName, digest: Digest): void {
    this.#repositories.get(blobKey(name.registry, digest))?.delete(name.repository);
  }

  /** Repositories of a registry that have a blob. */
  repositoriesWith(registry: string, digest: Digest): readonly string[] {
    return [...(this.#repositories.get(blobKey(registry, digest)) ?? [])];
  }

  /** Runs one change at a time of what a repository has of a digest, so that the next finds what the first brought.
   * Who waits can be stopped without stopping the one that runs. */
  async alone<T>(name: RepositoryName, digest: Digest, { change, signal }: Change<T>): Promise<T> {
    const key = `${name.repository} ${blobKey(name.registry, digest)}`;
    for (let running = this.#running.get(key); running !== undefined; running = this.#running.get(key)) {
      await unlessAborted(Promise.allSettled([running]), signal);
    }
    const own = change().finally(() => this.#running.delete(key));
    this.#running.set(key, own);
    return own;
  }
}

/** A change that runs alone. */
interface Change<T> extends RequestOptions {
  readonly change: () => Promise<T>;
}

function blobKey(registry: string, digest: Digest): string {
  return `${registry} ${digest}`;
}

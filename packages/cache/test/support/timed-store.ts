import { readdir, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, digestOf, parseContentDigest } from "@oci-build/oci";
import { type BuildLog, type Cache, keyField, openCache, type StepKey, stepKey } from "../../src/index.js";
import { writes } from "./made-up-layer.js";
import { temporaryFolder } from "./temporary-folder.js";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

const FOLDERS = ["blobs/sha256", "segments", "trees", "records", "projects", "leases"];

/** A store with a clock of its own, far ahead of the real one: what is written bears its time. */
export class TimedStore {
  readonly cache: Cache;
  readonly #clock: { nowMs: number };

  private constructor(cache: Cache, clock: { nowMs: number }) {
    [this.cache, this.#clock] = [cache, clock];
  }

  static async open(dir?: string): Promise<TimedStore> {
    const clock = { nowMs: Date.now() + 1000 * DAY_MS };
    const cache = await openCache({ dir: dir ?? (await temporaryFolder()), now: () => clock.nowMs });
    return new TimedStore(cache, clock);
  }

  get nowMs(): number {
    return this.#clock.nowMs;
  }

  wait(milliseconds: number): void {
    this.#clock.nowMs += milliseconds;
  }

  /** Does some work whose files bear the store's time. */
  async at<T>(work: () => Promise<T>): Promise<T> {
    const startMs = Date.now();
    const result = await work();
    for (const folder of FOLDERS) await this.#setTimes(join(this.cache.root, folder), startMs);
    return result;
  }

  /** Records one layer under a key, both named by a text, as a build of that text would. */
  step(text: string, layerText: string = text): Promise<StepKey> {
    return this.at(async () => {
      const layer = await this.cache.writeLayer(writes(layerText));
      const content = { digest: parseContentDigest(digestOf(layerText)), form: "gzip", layer };
      await this.cache.record(keyOf(text), { stepName: `COPY ${text} .`, content });
      return keyOf(text);
    });
  }

  /** Logs a build of a project whose steps have these keys. */
  build(id: string, texts: readonly string[], tags: readonly string[] = []): Promise<void> {
    return this.at(() => this.cache.logBuild(this.logOf(id, texts, tags)));
  }

  logOf(id: string, texts: readonly string[], tags: readonly string[]): BuildLog {
    const platform = "linux/amd64";
    const project = { id, context: `/src/${id}`, dockerfile: "Dockerfile", target: undefined, platform };
    const steps = texts.map((text, index) => ({
      id: String(index),
      stage: undefined,
      name: `COPY ${text} .`,
      key: keyOf(text).digest,
      fields: keyOf(text).fields,
      contentDigest: parseContentDigest(digestOf(text)),
      layers: [],
    }));
    return { project, builtSec: Math.floor(this.nowMs / 1000), tags, steps };
  }

  /** The texts of the records that are left, of those that are asked about. */
  async left(...texts: readonly string[]): Promise<readonly string[]> {
    const names = new Set(await readdir(join(this.cache.root, "records")));
    return texts.filter((text) => names.has(keyOf(text).digest.slice("sha256:".length)));
  }

  async files(folder: string): Promise<readonly string[]> {
    return (await readdir(join(this.cache.root, folder))).sort();
  }

  /** Digests of records that have not all of their layer. */
  async incomplete(): Promise<readonly Digest[]> {
    const found: Digest[] = [];
    for (const { key } of (await this.cache.usage()).records) {
      const record = await this.peek(key);
      for (const layer of record?.layers ?? []) {
        if ((await this.cache.layer(layer)) === undefined) found.push(key);
      }
    }
    return found;
  }

  /** A record by its key's digest, without marking it as used. */
  async peek(digest: Digest): ReturnType<Cache["lookUp"]> {
    const path = join(this.cache.root, "records", digest.slice("sha256:".length));
    const { atime, mtime } = await stat(path);
    const record = await this.cache.lookUp({ fields: [], digest });
    await utimes(path, atime, mtime);
    return record;
  }

  async #setTimes(folder: string, startMs: number): Promise<void> {
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const { mtimeMs } = await stat(path);
      const isNew = mtimeMs >= startMs - 50 && mtimeMs < Date.now() + DAY_MS;
      if (isNew) await utimes(path, this.nowMs / 1000, this.nowMs / 1000);
    }
  }
}

export function keyOf(text: string): StepKey {
  return stepKey([keyField("content", "digest", digestOf(text))]);
}

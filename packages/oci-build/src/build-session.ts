import os from "node:os";
import { basename } from "node:path";
import {
  type Cache,
  type CacheImport,
  type OnCacheWarning,
  type OpenCacheOptions,
  openCache,
} from "@oci-build/cache";
import type { Digest } from "@oci-build/oci";
import { BaseLayers } from "./base/base-layers.js";
import { ImageResolver } from "./base/image-resolver.js";
import { type ImageSources, imageSources } from "./base/image-sources.js";
import { Scratch } from "./copy/scratch.js";
import type { EmitEvent } from "./events/build-event.js";
import type { StepWatcher } from "./explain/step-watcher.js";
import { type ContextIndex, contextSource } from "./input/context-source.js";
import { namedSources } from "./input/named-sources.js";
import { secretReader } from "./options/read-secret.js";
import type { ResolvedRun } from "./options/resolve-run.js";
import type { ReadBuild } from "./prepare-build.js";
import type { ImportListeners } from "./share/import-caches.js";
import { type ExecutorFactory, ExecutorSource } from "./solve/executor-source.js";
import { ImageRoots } from "./solve/image-roots.js";
import { LayerFiles } from "./solve/layer-files.js";
import { folderRemover } from "./solve/remove-folder.js";
import { Slots } from "./solve/slots.js";
import type { SolveContext } from "./solve/solve-context.js";

/** Commands wait for disks and networks: two at once are no burden for one core. */
const RUNS_MIN = 2;

/** Who listens to a build, and who may stop it. */
export interface RunContext {
  readonly emit: EmitEvent;
  readonly signal: AbortSignal | undefined;
}

/** A build, and what runs its commands. */
export interface BuildContext extends RunContext {
  readonly executors: ExecutorFactory;
  /** Whether a cache is begun where there is none. Default: `make`. */
  readonly whenMissing?: OpenCacheOptions["whenMissing"];
}

/** What a build holds while it runs. */
export interface BuildSession {
  readonly cache: Cache;
  /** Finds the images that the Dockerfile names. */
  readonly images: Pick<ImageResolver, "resolve">;
  /** What speaks with registries, one client for the whole build. */
  readonly registries: ImageSources["registries"];
  /** Whether a file of the store with this name has proved damaged. */
  readonly isDamaged: (name: string) => boolean;
  /** The import that the record of a key was copied from in this session; undefined for those of the cache itself. */
  readonly importedFrom: (key: Digest) => string | undefined;
  /** Looks for what can run commands, before any is run, and opens it. */
  readonly executors: Pick<ExecutorSource, "check" | "fidelity" | "open">;
  /** What steps work with, with a context that is not scanned yet. */
  readonly solveContext: (watcher: StepWatcher) => SolveContext;
}

/** Opens the cache and does some work with it; nothing of the session is left when that ends. */
export async function withBuildSession<T>(
  read: ReadBuild,
  run: BuildContext,
  work: (session: BuildSession) => Promise<T>,
): Promise<T> {
  const agents = await agentsOf(read.options.run, run.signal);
  const damaged = new Set<string>();
  const { contexts, cacheDir } = read.options;
  const onWarning: OnCacheWarning = ({ code, message, data }) => {
    const file = data["path"];
    if (typeof file === "string") damaged.add(basename(file));
    run.emit({ type: "warning", code, message });
  };
  const removeFolder = folderRemover(read.options.env);
  const { signal, whenMissing } = run;
  const own = await openCache({ dir: cacheDir, whenMissing, signal, removeFolder, onWarning });
  const imported = new Map<Digest, string>();
  const { cache, imports } = await withShared(own, read.options.shared.imports, {
    onWarning,
    emit: run.emit,
    onRecord: (key, dir) => imported.set(key, dir),
  });
  const executors = await executorSource(read, run, cache);
  // The last that may fail outside of what releases it.
  const lease = await cache.lease();
  const scratch = new Scratch();
  const sources = imageSources(read.options, { ...run, cache, lock: read.lock });
  const images = new ImageResolver({ contexts, origins: sources.origins, emit: run.emit });
  const saves: (() => Promise<unknown>)[] = [];
  try {
    return await work({
      cache,
      images,
      registries: sources.registries,
      executors,
      isDamaged: (name) => damaged.has(name),
      importedFrom: (key) => imported.get(key),
      solveContext: (watcher) =>
        solveContextOf(read, {
          ...{ ...run, agents, cache, imports, scratch, watcher, executors },
          later: (save) => saves.push(save),
        }),
    });
  } finally {
    try {
      await executors[Symbol.asyncDispose]();
    } finally {
      // Also after a failure: what was hashed is known, and the next build need not do it again.
      await Promise.all(saves.map((save) => save()));
      await images[Symbol.asyncDispose]();
      await sources.close();
      await scratch[Symbol.asyncDispose]();
      await lease.release();
    }
  }
}

/** The SSH agents of a build. Nothing of that is loaded where there are none. */
async function agentsOf(
  { ssh }: ResolvedRun,
  signal: AbortSignal | undefined,
): Promise<SolveContext["agents"]> {
  if (ssh.size === 0) return new Map();
  const { openAgents } = await import("./ssh/open-agents.js");
  return openAgents(ssh, signal);
}

/** The cache with what others have exported. Nothing of that is loaded where there is none. */
async function withShared(
  own: Cache,
  folders: readonly string[],
  listeners: ImportListeners,
): Promise<{ readonly cache: Cache; readonly imports: readonly CacheImport[] }> {
  if (folders.length === 0) return { cache: own, imports: [] };
  const { importCaches } = await import("./share/import-caches.js");
  return importCaches(own, folders, listeners);
}

async function executorSource(
  { options }: ReadBuild,
  { emit, signal, executors }: BuildContext,
  cache: Pick<Cache, "unpackedFolder">,
): Promise<ExecutorSource> {
  return new ExecutorSource(executors, {
    choice: options.run.executor,
    dir: await cache.unpackedFolder(),
    env: process.env,
    onWarning: ({ code, message, hint }) => emit({ type: "warning", code, message, hint }),
    signal,
  });
}

function solveContextOf(
  { options, dockerfile, ignore, fresh }: ReadBuild,
  {
    later,
    ...parts
  }: Pick<
    SolveContext,
    "agents" | "cache" | "emit" | "executors" | "imports" | "scratch" | "signal" | "watcher"
  > &
    Pick<ContextIndex, "later">,
): SolveContext {
  const { emit, signal, cache } = parts;
  const { cacheUse, times, compression, context: folder, written, trustStat } = options;
  const indexing = { store: cache.indexes, trustStat, later };
  const index = { ...indexing, ignoreText: ignore?.text };
  const layerFiles = new LayerFiles(cache);
  const baseLayers = new BaseLayers({ cache, emit, signal });
  return {
    ...parts,
    layerFiles,
    baseLayers,
    imageRoots: new ImageRoots(layerFiles, baseLayers),
    cacheUse,
    fresh,
    times,
    compression,
    context: contextSource({ folder, ignore: ignore?.matcher, written, index, emit, signal }),
    named: namedSources(options.contexts, { written, index: indexing, emit, signal }),
    run: options.run,
    fileSlots: new Slots(1),
    runSlots: new Slots(Math.max(RUNS_MIN, os.availableParallelism())),
    secret: secretReader(options.run.secrets, { env: options.env, signal }),
    now: Date.now,
    file: dockerfile.label,
  };
}

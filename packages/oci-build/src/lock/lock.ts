import fs from "node:fs";
import path from "node:path";
import { buildError } from "../errors.js";
import { type EmitEvent, eventEmitter } from "../events/build-event.js";
import { type DockerfileText, readDockerfile } from "../input/read-dockerfile.js";
import { type ResolvedOptions, resolveOptions } from "../options/resolve-options.js";
import { writeWholeFile } from "../output/write-whole-file.js";
import { formatPlatform } from "../plan/global-args.js";
import { abortReason } from "../solve/abort-reason.js";
import { compareLocks } from "./compare-locks.js";
import { formatLock, inOrder } from "./format-lock.js";
import type { LockOptions, LockReport } from "./lock-options.js";
import { type LockedImages, lockedName } from "./locked-image.js";
import { lockLabel, readLock } from "./read-lock.js";
import { resolveImages } from "./resolve-images.js";

/** Pins the images that a Dockerfile names, in all of its stages, to digests, in the lock file beside it. Images that
 * have an entry keep it. Nothing is built, and of images only documents are fetched. The file is whole or untouched, and
 * is not touched when nothing changes.
 * @throws OciBuildError LOCK_INVALID, LOCK_VERSION_UNSUPPORTED, OPTION_INVALID, OUTPUT_NOT_WRITABLE, and as `build` does
 *   before it executes anything */
export async function lock(options: LockOptions = {}): Promise<LockReport> {
  const emit = eventEmitter((event) => options.onEvent?.(event), Date.now);
  try {
    return await lockImages(options, emit);
  } catch (error) {
    throw abortReason(options.signal, error);
  }
}

async function lockImages(options: LockOptions, emit: EmitEvent): Promise<LockReport> {
  const builds = buildsOf(options);
  const dockerfile = readDockerfile(options.dockerfile, builds[0].context);
  const file = lockPath(dockerfile);
  const label = lockLabel(dockerfile);
  const platform = formatPlatform(builds[0].targetPlatform);
  const target = undefined;
  emit({ type: "build.started", file: dockerfile.label, source: dockerfile.text, platform, target });
  const before: LockedImages = readLock(dockerfile)?.images ?? new Map();
  const updated = updatedNames(options.update, before);
  const kept = new Map([...before].filter(([reference]) => !updated.has(reference)));
  const named = await resolveImages({ dockerfile, builds, kept }, { emit, signal: options.signal });
  checkUpdated(updated, { before, named, label });
  const after = options.others === "keep" ? new Map([...before, ...named]) : named;
  const changes = compareLocks(before, after);
  const images = inOrder(after);
  if (changes.length === 0) return { path: file, label, images, changes, outcome: "unchanged" };
  if (options.mode === "check") return { path: file, label, images, changes, outcome: "outdated" };
  const text = formatLock(images, path.basename(file, ".lock"));
  await writeWholeFile(file, (handle) => handle.writeFile(text));
  return { path: file, label, images, changes, outcome: "written" };
}

/** The options of the builds for which the file is locked, one for each platform. */
function buildsOf({
  platforms = [],
  ...options
}: LockOptions): readonly [ResolvedOptions, ...ResolvedOptions[]] {
  const resolve = (platform: string | undefined): ResolvedOptions =>
    resolveOptions({ ...options, platform, pull: options.offline !== true, output: { type: "none" } });
  const [first, ...rest] = platforms;
  return [resolve(first), ...rest.map(resolve)];
}

/** @throws OciBuildError OPTION_INVALID for a Dockerfile that is no file of this machine */
function lockPath({ location }: DockerfileText): string {
  if (location !== undefined && location.fs === fs) return `${location.path}.lock`;
  throw buildError("OPTION_INVALID", {
    message: "--file: a Dockerfile that is no file has no place for a lock file",
    data: { option: "--file", value: "-" },
    hint: "Name a Dockerfile that is a file.",
  });
}

/** @throws OciBuildError REGISTRY_REFERENCE_INVALID, OPTION_INVALID for a name with a digest */
function updatedNames(update: LockOptions["update"] = [], before: LockedImages): ReadonlySet<string> {
  if (update === "all") return new Set(before.keys());
  return new Set(
    update.map((name) => {
      const reference = lockedName(name);
      if (reference === undefined) throw invalidUpdate(name, "a name with a digest has no entry");
      return reference;
    }),
  );
}

interface Locked {
  readonly before: LockedImages;
  readonly named: LockedImages;
  readonly label: string;
}

function checkUpdated(updated: ReadonlySet<string>, { before, named, label }: Locked): void {
  for (const name of updated) {
    if (before.has(name) || named.has(name)) continue;
    const known = [...named.keys()].slice(0, NAMES_TOLD_MAX).join(", ");
    throw invalidUpdate(
      name,
      `neither the Dockerfile nor ${label} names it`,
      known === "" ? undefined : `The Dockerfile names ${known}.`,
    );
  }
}

const NAMES_TOLD_MAX = 10;

function invalidUpdate(value: string, problem: string, hint?: string): Error {
  return buildError("OPTION_INVALID", {
    message: `--update ${value}: ${problem}`,
    data: { option: "--update", value },
    hint,
  });
}

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Snapshot, TarSnapshot } from "@oci-build/snapshot";
import type { ExecRequest } from "../executor.js";
import { scanFolder } from "../fallback/copied-changes.js";
import { copyRoot } from "../fallback/copy-root.js";
import type { OverlayFacts } from "../space/host-facts.js";
import type { ExecutorHome } from "./executor-home.js";
import type { ExecutorParts } from "./executor-parts.js";
import type { HeldMounts } from "./held-mounts.js";
import type { Lookup, MountedContent } from "./mount-view.js";

/** Layers that overlayfs stacks. `lowers` are names in the folder of links, the top first; `upper` is relative to it. */
interface StackedFiles {
  readonly kind: "stacked";
  readonly overlay: OverlayFacts;
  readonly lowers: readonly string[];
  readonly upper: string;
}

/** A copy of all that the root has, where overlayfs is not to be had. */
export interface CopiedFiles {
  readonly kind: "copied";
  readonly folder: string;
  /** The copy as it was made. Whoever disposes of the run disposes of it. */
  readonly before: TarSnapshot;
  /** What was put into the copy since, only to be mounted on. */
  readonly stubs: Set<string>;
}

/** What a root is brought together with. */
export interface RootParts {
  readonly parts: ExecutorParts;
  readonly home: ExecutorHome;
  readonly folders: readonly string[];
}

/** Where the files of a command's root are. */
export type RootFiles = StackedFiles | CopiedFiles;

/** What a command runs on. */
export interface RunRoot {
  readonly files: RootFiles;
  readonly tree: Snapshot;
  /** The tree with what earlier commands have changed. */
  readonly view: Lookup;
  /** Whether it can change while it is mounted: a command that ended may have handed a descriptor of it to another one. */
  readonly content: MountedContent;
}

/** Where a command's own files are. */
export interface RunPlace {
  readonly folder: string;
  /** How the folder of links names it, without the dots. */
  readonly name: string;
  readonly mounts: HeldMounts;
}

/** Lets go of what a run's folder does not have. */
export async function closeFiles(files: RootFiles): Promise<void> {
  if (files.kind === "copied") await files.before[Symbol.asyncDispose]();
}

/** Brings the files of a root together for a run, whose folder is `place`. `folders` are those of its layers, of which a
 * copy needs none. */
export async function rootFiles(
  { root, signal }: Pick<ExecRequest, "root" | "signal">,
  { parts, home, folders }: RootParts,
  place: RunPlace,
): Promise<RootFiles> {
  const { space, facts } = parts;
  const { overlay, programs } = facts;
  if (overlay !== undefined) {
    const lowers = folders.map((folder) => home.links.name(folder)).reverse();
    return { kind: "stacked", overlay, lowers, upper: `../${place.name}/upper` };
  }
  const folder = join(place.folder, "root");
  mkdirSync(folder, { mode: 0o755 });
  const options = { folder, space, tar: programs.tar, signal };
  await copyRoot({ ...options, tree: root.tree });
  const before = await scanFolder({ ...options, temporaryDirectory: place.folder });
  return { kind: "copied", folder, before, stubs: new Set() };
}

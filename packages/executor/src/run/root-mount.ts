import { join } from "node:path";
import type { ExecCommand } from "../executor.js";
import type { IdMapping } from "../space/id-space.js";
import type { MountLine, PreparedCommand } from "./backend.js";
import type { ExecutorHome } from "./executor-home.js";
import type { ExecutorParts } from "./executor-parts.js";
import { type HostMount, lockedFlags, readHostMounts } from "./host-mounts.js";
import { type LinkGuard, linkGuard } from "./link-guard.js";
import { overlayLine } from "./overlay-line.js";
import type { MountPlan } from "./plan-mounts.js";
import type { PreparedFile } from "./prepared-file.js";
import type { CopiedFiles, RunPlace, RunRoot } from "./root-files.js";
import { mountInvalid } from "./stub-layer.js";

/** What a root is mounted with. */
export interface RootMountParts {
  readonly parts: ExecutorParts;
  readonly home: ExecutorHome;
  readonly command: ExecCommand;
  readonly root: RunRoot;
  readonly place: RunPlace;
  readonly plan: MountPlan;
  readonly prepared: PreparedCommand;
}

/** The mount of a command's root. */
export function rootLine(options: RootMountParts): MountLine {
  const { home, root, place, plan, prepared } = options;
  const { files } = root;
  const target = prepared.root;
  const flags = flagsOf(options);
  if (files.kind === "copied") {
    return { type: "bind", source: files.folder, target, options: ["bind", ...flags] };
  }
  const stub = plan.stub.isEmpty ? [] : [`../${place.name}/stub`];
  const lowers = [...stub, ...files.lowers];
  return overlayLine({
    target,
    lowers: lowers.length === 0 ? [home.links.empty[0]] : lowers,
    upper: { upper: files.upper, work: `../${place.name}/work` },
    facts: files.overlay,
    flags,
  });
}

/** What guards the mounts in a root that others may be changing. */
export function rootGuard(options: RootMountParts): LinkGuard | undefined {
  const { root, prepared } = options;
  return root.content === "shared" ? linkGuard(prepared.root, flagsOf(options)) : undefined;
}

function flagsOf({ parts, root, prepared }: RootMountParts): readonly string[] {
  const { mapping } = parts.space;
  return rootFlags({ files: root.files, security: prepared.security, mapping, hostMounts: readHostMounts });
}

/** What the flags of a root's mount depend on. */
export interface RootFlagsOptions extends Pick<PreparedCommand, "security"> {
  readonly files: { readonly kind: "stacked" } | Pick<CopiedFiles, "kind" | "folder">;
  readonly mapping: IdMapping;
  readonly hostMounts: () => readonly HostMount[];
}

/** The flags of a root's mount. In a user namespace a bind cannot lose those of the host's mount. */
export function rootFlags({ files, security, mapping, hostMounts }: RootFlagsOptions): readonly string[] {
  const own = security === "insecure" ? [] : ["nodev"];
  if (files.kind === "stacked" || mapping === "root") return own;
  return [...new Set([...own, ...lockedFlags(hostMounts(), files.folder)])];
}

/** What is made before the root is mounted: what its mount points need, and an upper directory. That shows as the root's
 * own, so a new one has what the root has. */
export function rootMountFiles({ root, place, plan }: RootMountParts): readonly PreparedFile[] {
  const { files } = root;
  if (files.kind === "copied") return stubsInCopy(files, plan, place);
  if (files.upper !== `../${place.name}/upper`) return plan.stub.files("stub");
  const own = root.view.get("");
  const upper: PreparedFile = {
    type: "directory",
    path: "upper",
    mode: own?.mode ?? 0o755,
    uid: own?.uid,
    gid: own?.gid,
    mtimeSec: own?.mtimeSec,
    xattrs: own?.xattrs,
  };
  return [upper, ...plan.stub.files("stub")];
}

/** A command that enters the root of another finds the stubs of that one. */
function stubsInCopy(
  { folder, stubs }: CopiedFiles,
  plan: MountPlan,
  place: RunPlace,
): readonly PreparedFile[] {
  if (folder !== join(place.folder, "root")) {
    const [gone] = plan.stub.paths;
    if (gone !== undefined) throw mountInvalid(`/${gone}`, "the command took away what was there");
    return [];
  }
  for (const path of plan.stub.paths) stubs.add(path);
  return plan.stub.files("root");
}

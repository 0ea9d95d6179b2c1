import { posix } from "node:path";
import {
  expandMounts,
  expandWord,
  type RunInstruction,
  type RunMount,
  type Word,
} from "@oci-build/dockerfile";
import { checkedPath } from "./checked-path.js";
import { cleanAbsolute } from "./clean-absolute.js";
import { PlanError } from "./plan-error.js";
import type { RecordingScope } from "./recording-scope.js";
import type { CacheBase, MountAttributes, PlannedMount } from "./run-step.js";
import type { CopyOrigin } from "./step.js";

/** What the mounts of a RUN are resolved with. */
export interface MountScope {
  readonly scope: RecordingScope;
  /** Absolute; relative targets are joined to it. */
  readonly cwd: string;
  /** Stands before the ids of caches, as BUILDKIT_CACHE_MOUNT_NS asks. */
  readonly cacheNamespace: string | undefined;
  /** What `from` names; the build context for a bind without it. */
  readonly originOf: (from: Word | undefined) => CopyOrigin;
}

const FOLDER_MODE = 0o755;
const SECRET_MODE = 0o400;
const SOCKET_MODE = 0o600;

/** The mounts of a RUN in their order.
 * @throws PlanError for a value that is wrong once it is expanded */
export function planMounts(run: RunInstruction, context: MountScope): readonly PlannedMount[] {
  if (run.mountSpecs.length === 0) return [];
  const { env, input } = context.scope;
  const { mounts, diagnostics } = expandMounts(run, (text) =>
    expandWord(text, env, { escape: input.escape }),
  );
  const [wrong] = diagnostics;
  if (wrong !== undefined) throw new PlanError(wrong.rule, wrong.span, wrong.message, wrong.hint);
  let agents = 0;
  return mounts.map((mount): PlannedMount => {
    if (!isFileMount(mount)) return treeMount(mount, context);
    return mount.type === "ssh" ? sshMount(mount, agents++, context) : secretMount(mount, context);
  });
}

type FileMount = Extract<RunMount, { type: "secret" | "ssh" }>;

function isFileMount(mount: RunMount): mount is FileMount {
  return mount.type === "ssh" || mount.type === "secret";
}

function sshMount(mount: FileMount, index: number, context: MountScope): PlannedMount {
  const { id, target, span } = mount;
  return {
    ...{ type: "ssh", id: textOf(id) ?? "default", need: needOf(mount), span },
    target: target === undefined ? `/run/buildkit/ssh_agent.${index}` : absoluteTarget(target, context),
    ...attributes(mount, SOCKET_MODE),
  };
}

/** As with BuildKit a secret that becomes a variable is a file only where a target is given, too. */
function secretMount(mount: FileMount, context: MountScope): PlannedMount {
  const { target, span } = mount;
  const path = target === undefined || target.text === "" ? undefined : absoluteTarget(target, context);
  const id = textOf(mount.id) ?? posix.basename(path ?? "");
  const variable = textOf(mount.env);
  const shown = path ?? (variable === undefined ? `/run/secrets/${posix.basename(id)}` : undefined);
  return {
    ...{ type: "secret", id, variable, need: needOf(mount), span },
    target: shown,
    ...attributes(mount, SECRET_MODE),
  };
}

function treeMount(mount: Exclude<RunMount, FileMount>, context: MountScope): PlannedMount {
  const { span } = mount;
  const target = absoluteTarget(mount.target, context);
  if (mount.type === "tmpfs") return { type: "tmpfs", target, sizeBytes: mount.sizeBytes, span };
  const source = sourceOf(mount);
  if (mount.type === "bind") {
    const access = mount.readWrite ? "read-write" : "read-only";
    return { type: "bind", target, origin: context.originOf(mount.from), source, access, span };
  }
  const base = cacheBase(mount, context);
  const { sharing } = mount;
  const id = textOf(mount.id) ?? posix.normalize(mount.target.text).replace(/(?<=.)\/$/, "");
  const namespace = context.cacheNamespace;
  return {
    ...{ type: "cache", target, sharing, source, span },
    id: namespace === undefined || namespace === "" ? id : `${namespace}/${id}`,
    access: mount.readOnly ? "read-only" : "read-write",
    ...attributes(mount, FOLDER_MODE),
    ...(base === undefined ? {} : { base }),
  };
}

/** What a cache begins with; as with BuildKit nothing, not the context, where it does not say. */
function cacheBase(
  { from, mode, uid, gid }: Extract<RunMount, { type: "cache" }>,
  { originOf }: MountScope,
): CacheBase | undefined {
  if (from === undefined || from.text === "") return undefined;
  const origin = originOf(from);
  if (origin.kind === "nothing") return undefined;
  const given: Partial<MountAttributes> = {
    ...(mode === undefined ? {} : { mode }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  };
  return { origin, given };
}

function sourceOf({ source }: { readonly source?: Word | undefined }): string {
  return source === undefined ? "/" : checkedPath(cleanAbsolute(source.text), source);
}

/** A target inside the root; what is not absolute lies in the working directory.
 * @throws PlanError DOCKERFILE_INVALID_MOUNT for the root itself */
function absoluteTarget(target: Word, { cwd }: MountScope): string {
  const path = checkedPath(
    cleanAbsolute(target.text.startsWith("/") ? target.text : `${cwd}/${target.text}`),
    target,
  );
  if (path !== "/") return path;
  throw new PlanError("DOCKERFILE_INVALID_MOUNT", target.span, "the target of a mount is /");
}

function attributes(
  { mode, uid, gid }: Pick<FileMount, "mode" | "uid" | "gid">,
  defaultMode: number,
): { readonly mode: number; readonly uid: number; readonly gid: number } {
  return { mode: mode ?? defaultMode, uid: uid ?? 0, gid: gid ?? 0 };
}

function needOf({ required }: FileMount): "required" | "optional" {
  return required ? "required" : "optional";
}

function textOf(word: Word | undefined): string | undefined {
  return word === undefined || word.text === "" ? undefined : word.text;
}

import type { ExecMount, Executor } from "@oci-build/executor";
import { type ContentDigest, compareTreePaths } from "@oci-build/oci";
import { buildError } from "../errors.js";
import { mountOrigin } from "../plan/order-stages.js";
import type {
  BindMount,
  CacheMount,
  PlannedMount,
  RunStep,
  SecretMount,
  SshMount,
} from "../plan/run-step.js";
import { cacheRequest } from "./cache-request.js";
import { originSource } from "./copy-changes.js";
import { type MountedTree, mountedContent, mountedTree, mountedView, VIEW_PATH } from "./mounted-tree.js";
import { rootFileSystem } from "./root-file-system.js";
import type { StageSoFar } from "./solve-stage.js";
import type { StepInput } from "./solve-step.js";

/** A mount with what is to be known of its files before the command runs. */
export interface FoundMount {
  readonly mount: PlannedMount;
  readonly found: { readonly tree: MountedTree; readonly content: ContentDigest } | undefined;
}

/** Where mounts find their files. */
export interface MountOrigins extends Pick<StepInput, "context"> {
  readonly stage: (index: number) => Promise<StageSoFar>;
}

/** Looks up what the mounts of a RUN show. */
export async function findMounts({ mounts }: RunStep, input: MountOrigins): Promise<readonly FoundMount[]> {
  const found: FoundMount[] = [];
  for (const mount of mounts) found.push({ mount, found: await findFiles(mount, input) });
  return found;
}

/** What a bind shows, or a cache begins with. */
async function findFiles(mount: PlannedMount, input: MountOrigins): Promise<FoundMount["found"]> {
  const origin = mountOrigin(mount);
  if (origin === undefined || (mount.type !== "bind" && mount.type !== "cache")) return undefined;
  const { layerFiles, signal } = input.context;
  const own = mount.type === "cache" ? mount.base?.given : undefined;
  const source = await originSource(origin, input);
  const tree = mountedTree(source, mount.source, {
    layerFiles,
    signal,
    ...(own === undefined ? {} : { own }),
  });
  return { tree, content: await mountedContent(tree, signal) };
}

/** What a command gets besides its root; `env` are variables that hold secrets. */
export interface TakenMounts {
  readonly mounts: readonly ExecMount[];
  readonly env: ReadonlyMap<string, string>;
}

/** Where the caches of a command are, by the mount. */
type CacheFolders = ReadonlyMap<PlannedMount, string>;

/** Does some work with the mounts of a RUN: with its secrets read, and its caches taken, which others may have to be
 * waited for.
 * @throws OciBuildError RUN_SECRET_MISSING, RUN_SSH_MISSING */
export async function withMounts<Result>(
  { step, mounts }: { readonly step: RunStep; readonly mounts: readonly FoundMount[] },
  input: StepInput & { readonly executor: Pick<Executor, "folders"> },
  work: (taken: TakenMounts) => Promise<Result>,
): Promise<Result> {
  const caches = mounts.flatMap(({ mount, found }) =>
    mount.type === "cache" ? [{ mount, base: found }] : [],
  );
  if (caches.length === 0) return work(await takeMounts({ step, mounts }, new Map(), input));
  const { cache, signal } = input.context;
  const requests = caches.map((wanted) =>
    cacheRequest(wanted, { ...input.context, folders: input.executor.folders }),
  );
  const lease = await cache.takeMounts(requests, { signal });
  try {
    const folders = new Map(
      lease.folders.map((folder, index) => [caches[index]?.mount ?? missingCache(), folder]),
    );
    return await work(await takeMounts({ step, mounts }, folders, input));
  } finally {
    await lease.release();
  }
}

async function takeMounts(
  { step, mounts: found }: { readonly step: RunStep; readonly mounts: readonly FoundMount[] },
  caches: CacheFolders,
  input: StepInput,
): Promise<TakenMounts> {
  const mounts: ExecMount[] = [...scriptMount(step)];
  const env = new Map<string, string>();
  for (const one of found) {
    const taken = await takeMount(one, caches, input);
    mounts.push(...taken.mounts);
    for (const [name, value] of taken.env ?? []) env.set(name, value);
  }
  // Parents first. As with BuildKit the order of a Dockerfile counts only where two mounts have one target.
  return { mounts: mounts.sort((a, b) => compareTreePaths(a.target, b.target)), env };
}

interface TakenMount {
  readonly mounts: readonly ExecMount[];
  readonly env?: readonly (readonly [string, string])[];
}

function takeMount(
  { mount, found }: FoundMount,
  caches: CacheFolders,
  input: StepInput,
): TakenMount | Promise<TakenMount> {
  switch (mount.type) {
    case "bind":
      return bindMount(mount, found?.tree, input);
    case "cache":
      return cacheMount(mount, caches.get(mount));
    case "tmpfs":
      return { mounts: [{ kind: "tmpfs", target: mount.target, sizeBytes: mount.sizeBytes }] };
    case "secret":
      return secretMount(mount, input);
    case "ssh":
      return sshMount(mount, input);
  }
}

/** Stages and images are mounted from their layers. A context is shown without what its ignore file leaves out, and owned
 * by root: so not its folder is mounted, but a layer of what is to be seen. */
async function bindMount(
  { target, origin, access }: BindMount,
  tree: MountedTree | undefined,
  { context, stage }: StepInput,
): Promise<TakenMount> {
  if (tree === undefined) throw new TypeError("a bind is looked up before it is mounted");
  const writes = access === "read-only" ? "refused" : "discarded";
  if (origin.kind === "stage" || origin.kind === "image") {
    const stands =
      origin.kind === "stage"
        ? await stage(origin.stageIndex)
        : { image: origin.image, steps: [], root: context.imageRoots.of(origin.image) };
    const root = await rootFileSystem(stands, context);
    return {
      mounts: [{ kind: "bind", target, writes, source: { kind: "layers", root, path: `/${tree.path}` } }],
    };
  }
  const { root } = await mountedView(tree, context);
  const source = { kind: "layers", root, path: VIEW_PATH } as const;
  return { mounts: [{ kind: "bind", target, writes, source }] };
}

function cacheMount({ target, access, source, base }: CacheMount, folder: string | undefined): TakenMount {
  if (folder === undefined) return missingCache();
  const writes = access === "read-only" ? "refused" : "kept";
  return {
    mounts: [
      { kind: "bind", target, writes, source: { kind: "folder", folder, path: base ? VIEW_PATH : source } },
    ],
  };
}

function missingCache(): never {
  throw new TypeError("a cache is taken before it is mounted");
}

/** A secret that is not given is left out where it need not be there. */
async function secretMount(mount: SecretMount, { context }: StepInput): Promise<TakenMount> {
  const { id, target, variable, need, mode, uid, gid } = mount;
  const content = await context.secret(id);
  if (content === undefined) {
    if (need === "optional") return { mounts: [] };
    throw buildError("RUN_SECRET_MISSING", {
      message: `the secret ${id} is not given`,
      data: { id },
      hint: `Add --secret id=${id},src=FILE or --secret id=${id},env=VARIABLE.`,
    });
  }
  return {
    mounts: target === undefined ? [] : [{ kind: "file", target, content, mode, uid, gid }],
    env: variable === undefined ? [] : [[variable, new TextDecoder().decode(content)]],
  };
}

function sshMount(mount: SshMount, { context }: StepInput): TakenMount {
  const { id, target, need, mode, uid, gid } = mount;
  const serve = context.agents.get(id);
  if (serve !== undefined) return { mounts: [{ kind: "socket", target, serve, mode, uid, gid }] };
  if (need === "optional") return { mounts: [] };
  throw buildError("RUN_SSH_MISSING", {
    message: `the SSH agent ${id} is not given`,
    data: { id },
    hint: `Start an agent, which sets SSH_AUTH_SOCK, and add --ssh ${id}, or add --ssh ${id}=KEY with a key's file.`,
  });
}

const SCRIPT_MODE = 0o755;

function scriptMount({ script }: RunStep): readonly ExecMount[] {
  if (script === undefined) return [];
  const content = new TextEncoder().encode(script.content);
  return [{ kind: "file", target: script.name, content, mode: SCRIPT_MODE, uid: 0, gid: 0 }];
}

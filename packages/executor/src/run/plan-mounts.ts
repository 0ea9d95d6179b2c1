import { mkdirSync, realpathSync } from "node:fs";
import { resolvePath, type Snapshot } from "@oci-build/snapshot";
import type { ExecMount, MountSource, RootFileSystem } from "../executor.js";
import { systemCode } from "../process/system-code.js";
import type { OverlayFacts } from "../space/host-facts.js";
import type { IdMapping } from "../space/id-space.js";
import type { MountLine, SandboxMount } from "./backend.js";
import { type HostMount, lockedFlags } from "./host-mounts.js";
import type { LayerLinks } from "./layer-links.js";
import { folderLookup, type Lookup, MountView, partOfTree, pathOnHost, soleEntry } from "./mount-view.js";
import { overlayLine } from "./overlay-line.js";
import type { PreparedFile } from "./prepared-file.js";
import { mountInvalid, StubLayer } from "./stub-layer.js";

/** How the files of other roots, and of folders whose changes are thrown away, come to a command. */
export type MountSources =
  | {
      readonly kind: "stacked";
      readonly overlay: OverlayFacts;
      /** The folders that give a root together, the lowest first. */
      readonly folders: (root: RootFileSystem) => Promise<readonly string[]>;
    }
  | {
      readonly kind: "copied";
      readonly copyTree: (tree: Snapshot, folder: string) => Promise<void>;
      readonly copyFolder: (from: string, to: string) => Promise<void>;
    };

/** What mounts are planned with. `folder` is the run's; `name` is how the folder of links sees it. */
export interface MountContext {
  readonly folder: string;
  readonly name: string;
  readonly links: LayerLinks;
  readonly sources: MountSources;
  readonly mapping: IdMapping;
  readonly hostMounts: readonly HostMount[];
  /** Starts to pass connections on, from a socket that it makes; gives its path. */
  readonly proxySocket: (mount: Extract<ExecMount, { kind: "socket" }>) => Promise<string>;
}

type BindMount = Extract<ExecMount, { kind: "bind" }>;

/** What a source is on the host's side, and what can be looked up in it. */
interface OpenedSource {
  readonly source: string;
  readonly options: readonly string[];
  readonly content: Lookup;
}

/** The mounts of a command, looked up one after the other, each in what the ones before it left. */
export class MountPlan {
  /** What the command sees. */
  readonly view: MountView;
  readonly stub: StubLayer;
  readonly mounts: SandboxMount[] = [];
  /** Made before them. */
  readonly lines: MountLine[] = [];
  readonly files: PreparedFile[] = [];
  readonly #context: MountContext;
  #count = 0;

  constructor(tree: Lookup, context: MountContext) {
    this.view = new MountView(tree);
    this.stub = new StubLayer(tree);
    this.#context = context;
  }

  /** @throws OciBuildError EXECUTOR_MOUNT_INVALID */
  async add(mount: ExecMount): Promise<void> {
    switch (mount.kind) {
      case "bind":
        return await this.#addBind(mount);
      case "tmpfs":
        return this.#addTmpfs(mount.target, mount.sizeBytes);
      case "file":
        return this.#addFile(mount);
      case "socket":
        return this.#place(mount.target, soleEntry("file"), {
          type: "bind",
          source: await this.#context.proxySocket(mount),
          options: ["bind"],
        });
    }
  }

  /** A directory that the back end itself mounts on, so it is no link, as runc wants it, too. */
  addTarget(target: string): void {
    const path = this.#resolveTarget(target);
    if (`/${path}` !== target) throw mountInvalid(target, "the image has a link there");
    this.stub.add(path, "directory");
  }

  #addTmpfs(target: string, sizeBytes: number | undefined): void {
    const options = ["nosuid", "nodev", ...(sizeBytes === undefined ? [] : [`size=${sizeBytes}`])];
    this.#place(target, soleEntry("directory"), { type: "tmpfs", source: "tmpfs", options });
  }

  #addFile({ target, content, mode, uid, gid }: Extract<ExecMount, { kind: "file" }>): void {
    const path = `side/${this.#next("f")}`;
    this.files.push({ type: "file", path, content, mode, uid, gid });
    const source = `${this.#context.folder}/${path}`;
    this.#place(target, soleEntry("file"), {
      type: "bind",
      source,
      options: ["bind", "ro", "nosuid", "nodev"],
    });
  }

  async #addBind({ target, source, writes }: BindMount): Promise<void> {
    const opened =
      source.kind === "layers"
        ? await this.#openLayers(source, writes, target)
        : await this.#openFolder(source, writes, target);
    const readonly = writes === "refused" ? ["ro"] : [];
    const options = ["bind", "nodev", ...opened.options.filter((flag) => flag !== "nodev"), ...readonly];
    this.#place(target, opened.content, { type: "bind", source: opened.source, options });
  }

  async #openLayers(
    { root, path }: Extract<MountSource, { kind: "layers" }>,
    writes: BindMount["writes"],
    target: string,
  ): Promise<OpenedSource> {
    const found = resolveSource(root.tree, path, target);
    const { sources, links } = this.#context;
    let mounted: string;
    if (sources.kind === "copied") {
      mounted = await this.#copy((folder) => sources.copyTree(root.tree, folder));
    } else {
      const names = (await sources.folders(root)).map((folder) => links.name(folder)).reverse();
      mounted = this.#mountOverlay(names, { tree: root.tree, writes, facts: sources.overlay });
    }
    return { source: pathOnHost(mounted, found), options: [], content: partOfTree(root.tree, found) };
  }

  async #openFolder(
    { folder, path }: Extract<MountSource, { kind: "folder" }>,
    writes: BindMount["writes"],
    target: string,
  ): Promise<OpenedSource> {
    const real = realFolder(folder, target);
    const tree = folderLookup(real);
    const found = resolveSource(tree, path, target);
    const content = partOfTree(tree, found);
    if (writes === "discarded") {
      const { sources, links } = this.#context;
      const mounted =
        sources.kind === "copied"
          ? await this.#copy((copy) => sources.copyFolder(real, copy))
          : this.#mountOverlay([links.name(real)], { tree, writes, facts: sources.overlay });
      return { source: pathOnHost(mounted, found), options: [], content };
    }
    const source = pathOnHost(real, found);
    const { mapping, hostMounts } = this.#context;
    // A copy of a mount in a user namespace keeps these, and a change that leaves them out is refused.
    const options = mapping === "root" ? [] : lockedFlags(hostMounts, source);
    return { source, options, content };
  }

  /** An overlay of its own, so that what a command writes to a source is seen by that command alone. */
  #mountOverlay(
    names: readonly string[],
    { tree, writes, facts }: { tree: Lookup; writes: BindMount["writes"]; facts: OverlayFacts },
  ): string {
    const { folder, name, links } = this.#context;
    const own = this.#next("m");
    const root = tree.get("");
    const owner = { mode: root?.mode ?? 0o755, uid: root?.uid, gid: root?.gid, mtimeSec: root?.mtimeSec };
    const writable = writes === "discarded";
    this.files.push({ type: "directory", path: own, mode: 0o755 });
    if (writable) {
      this.files.push({ type: "directory", path: `${own}-upper`, ...owner });
      this.files.push({ type: "directory", path: `${own}-work`, mode: 0o755 });
    }
    const lowers = [...names, ...links.empty].slice(0, Math.max(names.length, writable ? 1 : 2));
    const upper = { upper: `../${name}/${own}-upper`, work: `../${name}/${own}-work` };
    const target = `${folder}/${own}`;
    const flags = ["nodev"];
    this.lines.push(overlayLine({ target, lowers, upper: writable ? upper : undefined, facts, flags }));
    return target;
  }

  /** A copy of its own, for the same end. */
  async #copy(make: (folder: string) => Promise<void>): Promise<string> {
    const folder = `${this.#context.folder}/${this.#next("m")}`;
    mkdirSync(folder, { mode: 0o755 });
    await make(folder);
    return folder;
  }

  #place(target: string, content: Lookup, mount: Omit<SandboxMount, "target" | "make">): void {
    const path = this.#resolveTarget(target);
    const type = content.get("")?.type === "directory" ? "directory" : "file";
    let make: SandboxMount["make"];
    if (this.view.mountAt(path) === undefined) this.stub.add(path, type);
    else if (this.view.get(path) === undefined) make = type;
    this.mounts.push({ ...mount, target: `/${path}`, make });
    this.view.add(path, content);
  }

  #resolveTarget(target: string): string {
    if (!target.startsWith("/")) throw mountInvalid(target, "the path is not absolute");
    const { path } = resolvePath(this.view, target, "follow-last");
    if (path === "") throw mountInvalid(target, "that is the root itself");
    return path;
  }

  #next(prefix: string): string {
    this.#count += 1;
    return `${prefix}${this.#count}`;
  }
}

function resolveSource(tree: Lookup, path: string, target: string): string {
  const found = resolvePath(tree, path, "follow-last");
  if (found.entry === undefined) throw mountInvalid(target, `its source has no ${JSON.stringify(path)}`);
  return found.path;
}

function realFolder(folder: string, target: string): string {
  try {
    return realpathSync(folder);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw mountInvalid(target, `its source ${JSON.stringify(folder)} is not there`);
  }
}

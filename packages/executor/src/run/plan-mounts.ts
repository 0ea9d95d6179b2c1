import { mkdirSync, realpathSync } from "node:fs";
import { resolvePath, type Snapshot } from "@oci-build/snapshot";
import type { ExecMount, MountSource, RootFileSystem } from "../executor.js";
import { systemCode } from "../process/system-code.js";
import type { OverlayFacts } from "../space/host-facts.js";
import type { IdMapping } from "../space/id-space.js";
import type { MountLine, SandboxMount, ShownPart } from "./backend.js";
import { escapeField, type HostMount, lockedFlags, shownPart } from "./host-mounts.js";
import type { LayerLinks } from "./layer-links.js";
import type { LookOnDisk } from "./look-on-disk.js";
import {
  folderLookup,
  type Lookup,
  type MountedContent,
  MountView,
  partOfTree,
  pathOnHost,
  soleEntry,
} from "./mount-view.js";
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
  readonly hostMounts: () => readonly HostMount[];
  readonly look: LookOnDisk;
  /** Starts to pass connections on, from a socket that it makes; gives its path. */
  readonly proxySocket: (mount: Extract<ExecMount, { kind: "socket" }>) => Promise<string>;
}

type BindMount = Extract<ExecMount, { kind: "bind" }>;

/** What a source is on the host's side, and what can be looked up in it. */
interface OpenedSource {
  readonly source: string;
  readonly options: readonly string[];
  readonly content: Lookup;
  readonly kept: MountedContent;
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
        return this.#place(mount.target, fixed(soleEntry("file")), {
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
    this.#place(target, fixed(soleEntry("directory")), { type: "tmpfs", source: "tmpfs", options });
  }

  #addFile({ target, content, mode, uid, gid }: Extract<ExecMount, { kind: "file" }>): void {
    const path = `side/${this.#next("f")}`;
    this.files.push({ type: "file", path, content, mode, uid, gid });
    const source = `${this.#context.folder}/${path}`;
    this.#place(target, fixed(soleEntry("file")), {
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
    this.#place(target, opened, { type: "bind", source: opened.source, options });
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
    return { source: pathOnHost(mounted, found), options: [], ...fixed(partOfTree(root.tree, found)) };
  }

  async #openFolder(
    { folder, path }: Extract<MountSource, { kind: "folder" }>,
    writes: BindMount["writes"],
    target: string,
  ): Promise<OpenedSource> {
    const { sources, mapping, look } = this.#context;
    const real = realFolder(folder, target);
    if (writes === "discarded" && sources.kind === "copied") {
      const copy = await this.#copy((into) => sources.copyFolder(real, into));
      const copied = folderLookup(copy, look);
      const within = resolveSource(copied, path, target);
      return { source: pathOnHost(copy, within), options: [], ...fixed(partOfTree(copied, within)) };
    }
    const tree = folderLookup(real, look);
    const found = resolveSource(tree, path, target);
    const content = partOfTree(tree, found);
    const source = pathOnHost(real, found);
    if (writes === "discarded")
      return { options: [], content, kept: "shared", source: this.#discarded(real, found, tree) };
    const hostMounts = this.#context.hostMounts();
    // A copy of a mount in a user namespace keeps these, and a change that leaves them out is refused.
    const options = mapping === "root" ? [] : lockedFlags(hostMounts, source);
    const part = found === "" ? source : this.#bindPart(source, content, shownPart(hostMounts, source));
    return { source: part, options, content, kept: "shared" };
  }

  /** A part of an overlay over a folder. */
  #discarded(folder: string, path: string, tree: Lookup): string {
    const { sources, links } = this.#context;
    if (sources.kind === "copied") throw new TypeError("there is no overlayfs here");
    const names = [links.name(folder)];
    const at = this.#mountOverlay(names, { tree, writes: "discarded", facts: sources.overlay });
    if (path === "") return at;
    return this.#bindPart(pathOnHost(at, path), partOfTree(tree, path), {
      device: { at },
      path: escapeField(`/${path}`),
    });
  }

  /** A bind in the run's folder of what lies at a path, and makes sure that it is that: a link may have been put there
   * since it was looked up. */
  #bindPart(source: string, content: Lookup, shows: ShownPart): string {
    const own = this.#next("m");
    const isDirectory = content.get("")?.type === "directory";
    const meta = { path: own, mode: 0o755 };
    this.files.push(
      isDirectory ? { type: "directory", ...meta } : { type: "file", content: new Uint8Array(), ...meta },
    );
    const target = `${this.#context.folder}/${own}`;
    this.lines.push({ type: "bind", source, target, options: ["bind"], shows });
    return target;
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

  #place(
    target: string,
    { content, kept }: Pick<OpenedSource, "content" | "kept">,
    mount: Omit<SandboxMount, "target" | "make">,
  ): void {
    const path = this.#resolveTarget(target);
    const type = content.get("")?.type === "directory" ? "directory" : "file";
    const shared = this.view.sharedAbove(path);
    let make: SandboxMount["make"];
    if (this.view.mountAt(path) === undefined) this.stub.add(path, type);
    else if (this.view.get(path) === undefined) make = type;
    this.mounts.push({
      ...mount,
      target: `/${path}`,
      ...(shared === undefined ? { make } : { through: { folder: `/${shared}`, type } }),
    });
    this.view.add(path, content, kept);
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

function fixed(content: Lookup): Pick<OpenedSource, "content" | "kept"> {
  return { content, kept: "fixed" };
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

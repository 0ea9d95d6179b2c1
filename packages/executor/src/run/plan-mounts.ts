import { resolvePath } from "@oci-build/snapshot";
import type { ExecMount } from "../executor.js";
import { deviceLookup } from "../runtime/device-folder.js";
import type { MountLine, SandboxMount } from "./backend.js";
import { checkMountPoint } from "./check-mount-point.js";
import type { MountContext } from "./mount-context.js";
import { MountParts } from "./mount-parts.js";
import { type Lookup, type MountedContent, MountView, soleEntry } from "./mount-view.js";
import { openFolder, openLayers } from "./open-source.js";
import type { PreparedFile } from "./prepared-file.js";
import { mountInvalid, StubLayer } from "./stub-layer.js";

/** The mounts of a command, looked up one after the other, each in what the ones before it left. */
export class MountPlan {
  /** What the command sees. */
  readonly view: MountView;
  readonly stub: StubLayer;
  readonly mounts: SandboxMount[] = [];
  readonly #parts: MountParts;
  readonly #context: MountContext;

  constructor(tree: Lookup, context: MountContext) {
    this.view = new MountView(tree);
    this.stub = new StubLayer(tree, Math.floor(Date.now() / 1000));
    this.#parts = new MountParts(context);
    this.#context = context;
  }

  /** Mounts that are made before those of the command. */
  get lines(): readonly MountLine[] {
    return this.#parts.lines;
  }

  /** What has to lie in the run's folder before any of them. */
  get files(): readonly PreparedFile[] {
    return this.#parts.files;
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
          source: await this.#context.openSocket(mount),
          options: ["bind"],
        });
    }
  }

  /** The directories that the back end itself mounts on. They are no links, as runc wants it, too. What lies in /proc is
   * known to the kernel alone, and its links lead out of every root: to /proc/self/root of whoever makes a mount, for one,
   * where the programs lie that come before a command. So nothing is mounted, or made, below it, as with runc.
   * Differs: nor below /sys.
   * @throws OciBuildError EXECUTOR_MOUNT_INVALID */
  addSystem(security: "sandbox" | "insecure"): void {
    for (const target of ["/proc", "/dev", "/sys"]) {
      const path = this.#resolveTarget(target);
      if (`/${path}` !== target) throw mountInvalid(target, "the image has a link there");
      this.stub.add(path, "directory");
    }
    for (const path of ["proc", "sys"]) {
      this.view.add(path, soleEntry("directory"), { access: "read-only" });
    }
    // A folder of the command's own, in which what is to be mounted on can be made; else it is the host's.
    if (security === "sandbox") this.view.add("dev", deviceLookup());
  }

  #addTmpfs(target: string, sizeBytes: number | undefined): void {
    const options = ["nosuid", "nodev", ...(sizeBytes === undefined ? [] : [`size=${sizeBytes}`])];
    this.#place(target, soleEntry("directory"), { type: "tmpfs", source: "tmpfs", options });
  }

  #addFile({ target, content, mode, uid, gid }: Extract<ExecMount, { kind: "file" }>): void {
    const source = this.#parts.file({ content, mode, uid, gid });
    const options = ["bind", "ro", "nosuid", "nodev"];
    this.#place(target, soleEntry("file"), { type: "bind", source, options });
  }

  async #addBind({ target, source, writes }: Extract<ExecMount, { kind: "bind" }>): Promise<void> {
    const use = { writes, target, parts: this.#parts, context: this.#context };
    const opened = source.kind === "layers" ? await openLayers(source, use) : await openFolder(source, use);
    const readonly = writes === "refused" ? ["ro"] : [];
    const options = ["bind", "nodev", ...opened.options.filter((flag) => flag !== "nodev"), ...readonly];
    const { content, kept } = opened;
    this.#place(target, content, { type: "bind", source: opened.source, options }, kept);
  }

  #place(
    target: string,
    content: Lookup,
    mount: Omit<SandboxMount, "target" | "make">,
    kept: MountedContent = "fixed",
  ): void {
    const path = this.#resolveTarget(target);
    const type = content.get("")?.type === "directory" ? "directory" : "file";
    const shared = this.view.sharedAbove(path);
    let make: SandboxMount["make"];
    if (this.view.mountAt(path) === undefined) this.stub.add(path, type);
    else if (checkMountPoint(this.view, path, type) === "missing") make = type;
    this.mounts.push({
      ...mount,
      target: `/${path}`,
      ...(shared === undefined ? { make } : { through: { folder: `/${shared}`, type } }),
    });
    const access = mount.options.includes("ro") ? "read-only" : "read-write";
    this.view.add(path, content, { content: kept, access });
  }

  #resolveTarget(target: string): string {
    if (!target.startsWith("/")) throw mountInvalid(target, "the path is not absolute");
    const { path } = resolvePath(this.view, target, "follow-last");
    if (path === "") throw mountInvalid(target, "that is the root itself");
    return path;
  }
}

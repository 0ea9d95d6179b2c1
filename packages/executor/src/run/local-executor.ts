import { join } from "node:path";
import type { LayerEntryBatches } from "@oci-build/oci";
import { readChanges } from "../changes/read-changes.js";
import type {
  ExecCommand,
  ExecFidelity,
  ExecRequest,
  ExecResult,
  ExecStatus,
  Executor,
} from "../executor.js";
import { copiedChanges } from "../fallback/copied-changes.js";
import { programEnv } from "../space/find-programs.js";
import { type HostFolders, hostFolders } from "../space/host-folders.js";
import { type LinklessSpace, linklessSpace } from "../space/linkless-space.js";
import { ExecutorHome } from "./executor-home.js";
import type { ExecutorParts } from "./executor-parts.js";
import { readHostMounts } from "./host-mounts.js";
import { lookInSpace } from "./look-on-disk.js";
import { folderLookup, type Lookup } from "./mount-view.js";
import { opaqueInSpace } from "./opaque-directory.js";
import { closeFiles, type RootFiles, type RunPlace, type RunRoot, rootFiles } from "./root-files.js";
import { runCommand } from "./run-command.js";
import { upperView } from "./upper-view.js";

/** Runs commands on this host, in the way of one back end. */
export class LocalExecutor implements Executor {
  readonly name: Executor["name"];
  readonly fidelity: ExecFidelity;
  readonly folders: HostFolders;
  readonly #parts: ExecutorParts;
  readonly #linkless: LinklessSpace;
  readonly #running = new Set<Promise<unknown>>();
  #home: Promise<ExecutorHome> | undefined;

  constructor(parts: ExecutorParts) {
    this.name = parts.backend.name;
    this.fidelity = parts.fidelity;
    const { space, facts, env } = parts;
    this.#linkless = (folder) =>
      linklessSpace(folder, { space, programs: facts.programs, hostMounts: readHostMounts });
    this.folders = hostFolders({
      ...{ space, programs: facts.programs, env: programEnv(env) },
      linkless: this.#linkless,
    });
    this.#parts = parts;
  }

  run(request: ExecRequest): Promise<ExecResult> {
    this.#home ??= ExecutorHome.open(this.#parts);
    const running = this.#run(request, this.#home).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.layers.stop(new Error("the executor is closed"));
    const home = await this.#home?.catch(() => undefined);
    await home?.holder[Symbol.asyncDispose]();
    await Promise.allSettled(this.#running);
    await home?.[Symbol.asyncDispose]();
    await this.#parts.space[Symbol.asyncDispose]();
  }

  async #run(request: ExecRequest, opening: Promise<ExecutorHome>): Promise<ExecResult> {
    const parts = this.#parts;
    const { tree } = request.root;
    const isStacked = parts.facts.overlay !== undefined;
    const unpacking = isStacked ? parts.layers.folders(request.root, request.signal) : [];
    const [home, folders] = await Promise.all([opening, unpacking]);
    const place = home.runFolder();
    let files: RootFiles | undefined;
    try {
      files = await rootFiles(request, { parts, home, folders }, place);
      const root: RunRoot = { files, tree, view: tree, content: "fixed" };
      const status = await runCommand({ parts, home }, request, root, place);
      // It takes as long as it takes; whoever needs them gone waits for it.
      void place.mounts.release();
      return new LocalResult({ parts, linkless: this.#linkless, home, root, place, status });
    } catch (error) {
      if (files !== undefined) await closeFiles(files);
      await place.mounts.release();
      await home.remove([place.folder]);
      throw error;
    }
  }
}

interface ResultParts {
  readonly parts: ExecutorParts;
  readonly linkless: LinklessSpace;
  readonly home: ExecutorHome;
  readonly root: RunRoot;
  readonly place: RunPlace;
  readonly status: ExecStatus;
}

class LocalResult implements ExecResult {
  readonly status: ExecStatus;
  readonly #run: ResultParts;

  constructor(run: ResultParts) {
    this.status = run.status;
    this.#run = run;
  }

  changes(signal?: AbortSignal): LayerEntryBatches {
    const { parts, linkless, place, root } = this.#run;
    const { space, facts } = parts;
    const { files } = root;
    const options = { space, tar: facts.programs.tar, signal };
    if (files.kind === "copied") {
      return copiedChanges({ ...options, ...files, temporaryDirectory: place.folder });
    }
    const folder = join(place.folder, "upper");
    return readChanges({
      ...options,
      space: linkless(folder),
      folder,
      overlayXattrs: files.overlay.xattrs,
      below: root.tree,
    });
  }

  async enter(command: ExecCommand): Promise<ExecStatus> {
    const { parts, home, root, place } = this.#run;
    const own = home.runFolder();
    // The kernel warns of an upper directory of two overlays.
    await place.mounts.release();
    const view = this.#leftBehind();
    try {
      return await runCommand({ parts, home }, command, { ...root, view, content: "shared" }, own);
    } finally {
      await own.mounts.release();
      await home.remove([own.folder]);
    }
  }

  /** The root as the command left it: on the disk, since the tree is from before. */
  #leftBehind(): Lookup {
    const { parts, home, root, place } = this.#run;
    const { space, facts } = parts;
    const look = lookInSpace({ space, programs: facts.programs, env: home.env });
    const { files } = root;
    if (files.kind === "copied") return folderLookup(files.folder, look);
    const isOpaque = opaqueInSpace({ space, tar: facts.programs.tar, xattrs: files.overlay.xattrs });
    return upperView(join(place.folder, "upper"), root.tree, { look, isOpaque });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { home, root, place } = this.#run;
    await closeFiles(root.files);
    await home.removeBeside(place);
  }
}

import type { StoredLayer } from "@oci-build/cache";
import type { LayerEntry, LayerTree } from "@oci-build/oci";
import { emptyFileTree, type FileTree, type Snapshot } from "@oci-build/snapshot";
import type { LayerFiles } from "./layer-files.js";
import { LazySnapshot } from "./lazy-snapshot.js";

/** What a base image holds, layer by layer, once somebody wants to know. */
export type ReadBase = () => Promise<readonly LayerTree[]>;

/** The file tree of a stage at one point: a stack of layers, put together only when somebody looks. On a base image it
 * has to be made ready first, since that may have to be fetched. */
export class StageRoot {
  readonly #files: LayerFiles;
  readonly #ready: () => Promise<void>;
  readonly #grow: () => FileTree;
  readonly #snapshot: Snapshot = new LazySnapshot(() => this.#fileTree());
  #tree: FileTree | undefined;

  private constructor(files: LayerFiles, grow: () => FileTree, ready: () => Promise<void>) {
    this.#files = files;
    this.#grow = grow;
    this.#ready = ready;
  }

  static empty(files: LayerFiles): StageRoot {
    return new StageRoot(files, () => emptyTree(files), nothingToDo);
  }

  /** The tree of an image; `read` is asked once, and again after it failed. */
  static onImage(files: LayerFiles, read: ReadBase): StageRoot {
    let trees: readonly LayerTree[] | undefined;
    let reading: Promise<void> | undefined;
    const ready = (): Promise<void> => {
      reading ??= read().then(
        (found) => {
          trees = found;
        },
        (error: unknown) => {
          reading = undefined;
          throw error;
        },
      );
      return reading;
    };
    const grow = (): FileTree => {
      if (trees === undefined) throw new TypeError("the base image is not ready");
      return trees.reduce((below, tree) => below.applyLayer(tree), emptyTree(files));
    };
    return new StageRoot(files, grow, ready);
  }

  /** Makes `snapshot` answer. */
  ready(): Promise<void> {
    return this.#ready();
  }

  /** This tree with one more layer on it. */
  with(layer: StoredLayer): StageRoot {
    this.#files.add(layer);
    return new StageRoot(this.#files, () => this.#fileTree().applyLayer(layer.tree), this.#ready);
  }

  /** This tree with changes on it that no layer was made of; files are read where the changes come from. */
  withEntries(entries: () => Iterable<LayerEntry>): StageRoot {
    return new StageRoot(this.#files, () => this.#fileTree().applyEntries(entries()), this.#ready);
  }

  /** The files, whose bytes are read out of the layers' blobs. No layer is looked into before the snapshot is. */
  snapshot(): Snapshot {
    return this.#snapshot;
  }

  #fileTree(): FileTree {
    this.#tree ??= this.#grow();
    return this.#tree;
  }
}

function emptyTree(files: LayerFiles): FileTree {
  return emptyFileTree((diffId, file) => files.open(diffId, file));
}

function nothingToDo(): Promise<void> {
  return Promise.resolve();
}

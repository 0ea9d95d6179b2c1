import type { StoredLayer } from "@oci-build/cache";
import type { LayerEntry } from "@oci-build/oci";
import { emptyFileTree, type FileTree, type Snapshot } from "@oci-build/snapshot";
import type { LayerFiles } from "./layer-files.js";
import { LazySnapshot } from "./lazy-snapshot.js";

/** The file tree of a stage at one point: a stack of layers, put together only when somebody looks. */
export class StageRoot {
  readonly #files: LayerFiles;
  readonly #grow: () => FileTree;
  readonly #snapshot: Snapshot = new LazySnapshot(() => this.#fileTree());
  #tree: FileTree | undefined;

  private constructor(files: LayerFiles, grow: () => FileTree) {
    this.#files = files;
    this.#grow = grow;
  }

  static empty(files: LayerFiles): StageRoot {
    return new StageRoot(files, () => emptyFileTree((diffId, file) => files.open(diffId, file)));
  }

  /** This tree with one more layer on it. */
  with(layer: StoredLayer): StageRoot {
    this.#files.add(layer);
    return new StageRoot(this.#files, () => this.#fileTree().applyLayer(layer.tree));
  }

  /** This tree with changes on it that no layer was made of; files are read where the changes come from. */
  withEntries(entries: () => Iterable<LayerEntry>): StageRoot {
    return new StageRoot(this.#files, () => this.#fileTree().applyEntries(entries()));
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

import type { StoredLayer } from "@oci-build/cache";
import { emptyFileTree, type FileTree, type Snapshot } from "@oci-build/snapshot";
import type { LayerFiles } from "./layer-files.js";

/** The file tree of a stage at one point: a stack of layers, put together only when somebody looks. */
export class StageRoot {
  readonly #files: LayerFiles;
  readonly #below: StageRoot | undefined;
  readonly #layer: StoredLayer | undefined;
  #tree: FileTree | undefined;

  private constructor(files: LayerFiles, below: StageRoot | undefined, layer: StoredLayer | undefined) {
    this.#files = files;
    this.#below = below;
    this.#layer = layer;
  }

  static empty(files: LayerFiles): StageRoot {
    return new StageRoot(files, undefined, undefined);
  }

  /** This tree with one more layer on it. */
  with(layer: StoredLayer): StageRoot {
    this.#files.add(layer);
    return new StageRoot(this.#files, this, layer);
  }

  /** The files, whose bytes are read out of the layers' blobs. */
  snapshot(): Snapshot {
    return this.#fileTree();
  }

  #fileTree(): FileTree {
    this.#tree ??=
      this.#below === undefined || this.#layer === undefined
        ? emptyFileTree((diffId, file) => this.#files.open(diffId, file))
        : this.#below.#fileTree().applyLayer(this.#layer.tree);
    return this.#tree;
  }
}

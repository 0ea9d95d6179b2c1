import { utimesSync } from "node:fs";
import { chmod, mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { digestHex, systemErrorCode } from "@oci-build/oci";
import type { RootFileSystem, RootLayer } from "../executor.js";
import type { ExecutorWarning } from "../executor-options.js";
import { hostEnvironment } from "../process/host-program.js";
import { isLeftOver } from "../process/left-over.js";
import { ownedName } from "../process/owned-name.js";
import type { HostPrograms } from "../space/host-facts.js";
import type { IdSpace } from "../space/id-space.js";
import { removeInSpace } from "../space/remove-in-space.js";
import { correctionLayer } from "./correction-layer.js";
import { FILES_FOLDER, type LayerNote, readNote, writeNote } from "./layer-note.js";
import type { OverlayXattrs } from "./overlay-xattrs.js";
import { SharedWork } from "./shared-work.js";
import { type UnpackLimits, unpackLimits } from "./unpack-limits.js";
import { unpackTar } from "./unpack-tar.js";

export interface UnpackedLayersOptions {
  /** A folder that this and other processes keep unpacked layers in. */
  readonly dir: string;
  readonly space: Pick<IdSpace, "command" | "mapping" | "id">;
  readonly programs: Pick<HostPrograms, "tar" | "rm">;
  readonly overlayXattrs: OverlayXattrs;
  readonly limits?: UnpackLimits | undefined;
  readonly onWarning?: ((warning: ExecutorWarning) => void) | undefined;
}

/** A layer as a folder that overlayfs can take. */
export interface UnpackedLayer extends LayerNote {
  readonly folder: string;
}

const ASIDE_PREFIX = "aside-";

/** Layers unpacked at a time; what decompresses one has threads of its own. */
const UNPACKED_AT_ONCE = 2;

/** The layers that were unpacked on this host, each once:
 *
 *     DIR/SPACE/HEX/root         the files of the layer whose diffId has these hex digits, deletions as overlayfs has them
 *     DIR/SPACE/HEX/layer.json   what else is to be known of it
 *     DIR/SPACE/aside-OWNER/     one that is being unpacked
 *
 * SPACE is the id space that the owners were written through. A layer is made aside and renamed when its diffId was
 * found right, so what is there is whole; the mtime of HEX is when it was last asked for. */
export class UnpackedLayers {
  readonly #options: UnpackedLayersOptions;
  readonly #home: string;
  readonly #known = new Map<string, UnpackedLayer>();
  readonly #work = new SharedWork<UnpackedLayer>();
  #sweep: Promise<void> | undefined;

  constructor(options: UnpackedLayersOptions) {
    this.#options = options;
    this.#home = join(options.dir, options.space.id);
  }

  /** The folders to stack for a root file system, the lowest first. What they give together is the tree of the root,
   * but for the root directory itself, whose metadata overlayfs takes from its upper directory.
   * @throws OciBuildError as `layer`, and UNPACK_LAYER_THROUGH_LINK */
  async folders(root: RootFileSystem, signal?: AbortSignal): Promise<readonly string[]> {
    const layers = await this.#layers(root.layers, signal);
    const seen = layers.slice(
      Math.max(
        0,
        layers.findLastIndex(({ hidesAll }) => hidesAll),
      ),
    );
    const correction = await correctionLayer(seen, root.tree);
    const folders = seen.map(({ folder }) => folder);
    if (correction !== undefined) folders.push(await this.folder(correction, signal));
    return withoutRepeats(folders);
  }

  /** The absolute folder of one layer: see `layer`. */
  async folder(layer: RootLayer, signal?: AbortSignal): Promise<string> {
    return (await this.layer(layer, signal)).folder;
  }

  /** A layer, unpacked now if it was not before. Those who ask for one at the same time share the work, which stops when
   * all of them have aborted.
   * @throws OciBuildError UNPACK_MEMBER_REFUSED, UNPACK_LIMIT_EXCEEDED, UNPACK_LAYER_MISMATCH, UNPACK_FAILED, and what
   * reading a tar gives; what the layer's source throws is passed on */
  async layer(layer: RootLayer, signal?: AbortSignal): Promise<UnpackedLayer> {
    signal?.throwIfAborted();
    const name = digestHex(layer.diffId);
    return (await this.#find(name)) ?? this.#work.do(name, signal, (stop) => this.#make(layer, name, stop));
  }

  /** Stops what is being unpacked. */
  stop(reason: unknown): Promise<void> {
    return this.#work.stop(reason);
  }

  async #layers(
    layers: readonly RootLayer[],
    signal: AbortSignal | undefined,
  ): Promise<readonly UnpackedLayer[]> {
    const found: UnpackedLayer[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      for (let index = next++; index < layers.length; index = next++) {
        const layer = layers[index];
        if (layer !== undefined) found[index] = await this.layer(layer, signal);
      }
    };
    await Promise.all(Array.from({ length: UNPACKED_AT_ONCE }, work));
    return found;
  }

  /** One that is there; it counts as used now. */
  async #find(name: string): Promise<UnpackedLayer | undefined> {
    const place = join(this.#home, name);
    try {
      const now = new Date();
      // Not worth a promise: a root may have more than a hundred layers.
      utimesSync(place, now, now);
      const known = this.#known.get(name);
      if (known !== undefined) return known;
      const note = await readNote(place);
      if (note === undefined) return undefined;
      const layer = { ...note, folder: join(place, FILES_FOLDER) };
      this.#known.set(name, layer);
      return layer;
    } catch (error) {
      if (systemErrorCode(error) !== "ENOENT") throw error;
      return undefined;
    }
  }

  async #make(layer: RootLayer, name: string, signal: AbortSignal): Promise<UnpackedLayer> {
    await mkdir(this.#home, { recursive: true, mode: 0o700 });
    this.#sweep ??= this.#removeLeftovers();
    await this.#sweep;
    const aside = join(this.#home, ASIDE_PREFIX + ownedName());
    try {
      await this.#unpackInto(aside, layer, signal);
      await this.#place(aside, name);
    } catch (error) {
      await this.#remove(aside);
      throw error;
    }
    const made = await this.#find(name);
    if (made === undefined) throw new Error(`${name} was removed while it was made`);
    return made;
  }

  /** Gives a layer its name. Of two processes that made it the first wins; its folder has the same files. One that is
   * no good is put aside, to be removed when this process has ended: another machine may still use it. */
  async #place(aside: string, name: string): Promise<void> {
    const place = join(this.#home, name);
    if ((await tryRename(aside, place)) === "done") return;
    if ((await this.#find(name)) !== undefined) return await this.#remove(aside);
    await rename(place, join(this.#home, ASIDE_PREFIX + ownedName()));
    await rename(aside, place);
  }

  async #unpackInto(aside: string, layer: RootLayer, signal: AbortSignal): Promise<void> {
    const { space, programs, overlayXattrs, limits = unpackLimits } = this.#options;
    const folder = join(aside, FILES_FOLDER);
    await mkdir(aside, { mode: 0o700 });
    await mkdir(folder);
    // Whatever this process's umask.
    await chmod(folder, 0o755);
    const unpacked = await unpackTar(layer, {
      folder,
      space,
      tar: programs.tar,
      overlayXattrs,
      limits,
      signal,
    });
    await writeNote(aside, unpacked);
    if (unpacked.devicesLeftOut > 0) this.#warnOfDevices(layer, unpacked.devicesLeftOut);
  }

  #warnOfDevices({ diffId }: RootLayer, count: number): void {
    const devices = count === 1 ? "a device" : `${count} devices`;
    this.#options.onWarning?.({
      code: "EXECUTOR_DEVICES_LEFT_OUT",
      message: `RUN does not see ${devices} of layer ${diffId}: only root can make any`,
    });
  }

  /** Removes what processes left that did not end by themselves. */
  async #removeLeftovers(): Promise<void> {
    for (const name of await readdir(this.#home)) {
      if (!name.startsWith(ASIDE_PREFIX)) continue;
      if (await isLeftOver(this.#home, name, ASIDE_PREFIX)) await this.#remove(join(this.#home, name));
    }
  }

  /** What cannot be removed stays for the next process: the layers are whole without it. */
  async #remove(place: string): Promise<void> {
    const { space, programs } = this.#options;
    await removeInSpace([place], { space, programs, env: hostEnvironment });
  }
}

/** Renames a folder, unless another one has the name. */
async function tryRename(from: string, to: string): Promise<"done" | "taken"> {
  try {
    await rename(from, to);
    return "done";
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST"].includes(systemErrorCode(error) ?? "")) throw error;
    return "taken";
  }
}

/** Overlayfs takes no folder twice. All that the lower one of two gives or hides, the upper one does, too. */
function withoutRepeats(folders: readonly string[]): readonly string[] {
  return folders.filter((folder, index) => folders.lastIndexOf(folder) === index);
}

import { type Digest, isOciBuildError, type PlacedBlob, parseDigest } from "@oci-build/oci";
import {
  asArray,
  asInteger,
  asObject,
  asString,
  JsonShapeError,
  parseJsonObject,
} from "../store/json-reader.js";
import { readSealed, type SealedKind, writeSealed } from "../store/sealed-file.js";
import type { StoreContext } from "../store/store-context.js";
import { readOrWarn } from "../store/warn-damage.js";

/** Those written last are kept. Who builds into more places than that writes some of them again. */
export const OUTPUTS_MAX = 128;

/** Blobs whose places in one output are remembered. */
export const OUTPUT_BLOBS_MAX = 32;

/** Linux's longest path is 4 KiB, in JSON six times that. */
export const outputKind: SealedKind = { name: "outputs", version: 1, maxBytes: OUTPUTS_MAX * 32 * 1024 };

/** A file outside the store that a build wrote: what it holds, and what its writer knows it by as long as nobody
 * changes it (its stat). Both mean to the store no more than texts. */
export interface WrittenOutput {
  /** Absolute. */
  readonly path: string;
  readonly content: Digest;
  readonly stat: string;
  /** Large blobs in it, none of which overlaps another; at most `OUTPUT_BLOBS_MAX`. */
  readonly blobs: readonly PlacedBlob[];
}

/** What was written last to each place, in one file. Builds that write it at once may lose what the others said, which
 * costs writing an output again. */
export class OutputStore {
  readonly #store: StoreContext;

  constructor(store: StoreContext) {
    this.#store = store;
  }

  async find(path: string): Promise<WrittenOutput | undefined> {
    return (await this.#list()).find((output) => output.path === path);
  }

  /** A store that cannot be written is a warning: the output is there. */
  async remember(output: WrittenOutput): Promise<void> {
    const others = (await this.#list()).filter(({ path }) => path !== output.path);
    const body = Buffer.from(JSON.stringify({ outputs: [output, ...others].slice(0, OUTPUTS_MAX) }));
    try {
      await writeSealed(this.#store, this.#store.paths.outputFile, { kind: outputKind, body });
    } catch (error) {
      if (!isOciBuildError(error)) throw error;
      this.#store.onWarning(error);
    }
  }

  async #list(): Promise<readonly WrittenOutput[]> {
    const path = this.#store.paths.outputFile;
    const read = async (): Promise<readonly WrittenOutput[]> =>
      decodeOutputs(await readSealed(path, outputKind));
    return (await readOrWarn(this.#store, path, read)) ?? [];
  }
}

/** The outputs that a file tells of.
 * @throws JsonShapeError, OciBuildError OCI_DIGEST_INVALID */
export function decodeOutputs(bytes: Buffer): readonly WrittenOutput[] {
  const list = asArray(parseJsonObject(bytes.toString("utf8"))["outputs"]);
  if (list.length > OUTPUTS_MAX) throw new JsonShapeError(`${list.length} outputs`);
  return list.map((value) => {
    const { path, content, stat, blobs } = asObject(value);
    return {
      path: asString(path),
      content: parseDigest(asString(content)),
      stat: asString(stat),
      blobs: blobs === undefined ? [] : decodeBlobs(asArray(blobs)),
    };
  });
}

/** Places as they may stand in one file. */
function decodeBlobs(list: readonly unknown[]): readonly PlacedBlob[] {
  if (list.length > OUTPUT_BLOBS_MAX) throw new JsonShapeError(`${list.length} blobs in an output`);
  let end = 0;
  return list.map((value) => {
    const { digest, size, offset } = asObject(value);
    const blob = {
      digest: parseDigest(asString(digest)),
      size: asInteger(size, 0),
      offset: asInteger(offset, 0),
    };
    if (blob.offset < end) throw new JsonShapeError("blobs that overlap");
    end = blob.offset + blob.size;
    return blob;
  });
}

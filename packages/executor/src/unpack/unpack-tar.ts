import { createHash } from "node:crypto";
import { type DiffId, parseDiffId } from "@oci-build/oci";
import { executorError } from "../errors.js";
import type { RootLayer } from "../executor.js";
import { type HostProgram, type ProgramEnd, startProgram, writePieces } from "../process/host-program.js";
import { inFolder } from "../process/in-folder.js";
import type { IdSpace } from "../space/id-space.js";
import { extractArguments } from "./extract-arguments.js";
import { LayerFilter } from "./layer-filter.js";
import type { OverlayXattrs } from "./overlay-xattrs.js";
import { itemsUnlessAborted } from "./unless-aborted.js";
import type { UnpackLimits } from "./unpack-limits.js";

export interface UnpackTarOptions {
  /** An empty folder. */
  readonly folder: string;
  readonly space: Pick<IdSpace, "command" | "mapping">;
  /** GNU tar. */
  readonly tar: string;
  readonly overlayXattrs: OverlayXattrs;
  readonly limits: UnpackLimits;
  readonly signal: AbortSignal;
}

/** What is to be known of a layer beside its files. */
export interface UnpackedTar {
  /** See `LayerPaths`. */
  readonly implied: readonly string[];
  readonly hidesAll: boolean;
  readonly devicesLeftOut: number;
}

/** Unpacks a layer's tar into a folder as overlayfs wants it, and checks that it is the layer that it should be. After an
 * error the folder holds anything.
 * @throws OciBuildError UNPACK_MEMBER_REFUSED, UNPACK_LIMIT_EXCEEDED, UNPACK_LAYER_MISMATCH, UNPACK_FAILED, and as
 * `LayerFilter`; what the layer's source and the signal throw is passed on */
export async function unpackTar(layer: RootLayer, options: UnpackTarOptions): Promise<UnpackedTar> {
  const { space, folder, signal, overlayXattrs, limits } = options;
  const { diffId } = layer;
  const filter = new LayerFilter({ diffId, mapping: space.mapping, overlayXattrs, limits });
  const program = startProgram([options.tar, inFolder(folder), ...extractArguments(space.mapping)], {
    space,
    stdout: "ignored",
    signal,
  });
  let found: DiffId | undefined;
  try {
    found = await feed(layer.open(), filter, program, signal);
    if (found !== undefined && found !== diffId) throw otherLayer(diffId, found);
  } catch (error) {
    program.kill();
    await program.ended;
    throw error;
  }
  const end = await program.ended;
  signal.throwIfAborted();
  if (found === undefined || end.status !== 0) throw failed(diffId, end, space);
  const { implied, hidesAll } = filter.paths;
  return { implied, hidesAll, devicesLeftOut: filter.devicesLeftOut };
}

/** Gives the program the layer as the filter writes it; the diffId of the layer, or undefined when the program ended
 * before it had all. */
async function feed(
  source: AsyncIterable<Uint8Array>,
  filter: LayerFilter,
  { stdin }: HostProgram,
  signal: AbortSignal,
): Promise<DiffId | undefined> {
  const hash = createHash("sha256");
  for await (const chunk of itemsUnlessAborted(source, signal)) {
    signal.throwIfAborted();
    hash.update(chunk);
    const pieces = filter.take(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if (!(await writePieces(stdin, pieces))) return undefined;
  }
  stdin.end(filter.finish());
  return parseDiffId(`sha256:${hash.digest("hex")}`);
}

function otherLayer(expected: DiffId, found: DiffId): Error {
  return executorError("UNPACK_LAYER_MISMATCH", {
    message: `a layer is not the one that it should be: expected ${expected}, found ${found}`,
    data: { expected, found },
  });
}

function failed(diffId: DiffId, { status, said }: ProgramEnd, { mapping }: Pick<IdSpace, "mapping">): Error {
  return executorError("UNPACK_FAILED", {
    message: `cannot unpack layer ${diffId}: tar ended with ${status}: ${said}`,
    data: { diffId, status, said },
    hint:
      mapping === "subordinate"
        ? "Give this user more subordinate ids when the owners go beyond them."
        : undefined,
  });
}

import {
  type Entry,
  encodeEntryHeader,
  type FileEntry,
  type FileReader,
  type TarEntry,
} from "@oci-build/oci";
import type { Snapshot } from "@oci-build/snapshot";
import { executorError } from "../errors.js";
import { startProgram, writePieces } from "../process/host-program.js";
import { inFolder } from "../process/in-folder.js";
import type { IdSpace } from "../space/id-space.js";
import { extractArguments } from "../unpack/extract-arguments.js";
import { writableXattrs } from "../unpack/writable-xattrs.js";

export interface CopyRootOptions {
  readonly tree: Snapshot;
  /** An empty folder of the root of the space. */
  readonly folder: string;
  readonly space: Pick<IdSpace, "command" | "mapping">;
  readonly tar: string;
  readonly signal?: AbortSignal | undefined;
}

const BLOCK_BYTES = 512;
const TAR_END_BYTES = 1024;
const READ_BYTES = 256 * 1024;

/** Writes a tree into a folder, for hosts where overlayfs cannot stack its layers. Devices are only made for root.
 * @throws OciBuildError ROOT_COPY_FAILED; what reading the tree throws is passed on */
export async function copyRoot(options: CopyRootOptions): Promise<void> {
  const { space, folder, tar, signal } = options;
  const program = startProgram([tar, inFolder(folder), ...extractArguments(space.mapping)], {
    space,
    stdout: "ignored",
    signal,
  });
  let state: "whole" | "cut-short" = "whole";
  try {
    for await (const pieces of tarOf(options)) {
      if (await writePieces(program.stdin, pieces)) continue;
      state = "cut-short";
      break;
    }
  } catch (error) {
    program.kill();
    await program.ended;
    throw error;
  }
  program.stdin.end(Buffer.alloc(TAR_END_BYTES));
  const { status, said } = await program.ended;
  signal?.throwIfAborted();
  if (status === 0 && state === "whole") return;
  throw executorError("ROOT_COPY_FAILED", {
    message: `cannot copy a root file system to ${JSON.stringify(folder)}: tar ended with ${status}: ${said}`,
    data: { folder, status, said },
  });
}

async function* tarOf({ tree, space }: CopyRootOptions): AsyncGenerator<readonly Buffer[]> {
  const firstNames = new Map<string, string>();
  const root = tree.get("");
  if (root?.type === "directory") yield [headerOf(root)];
  for (const entry of tree.entries()) {
    if (isDevice(entry) && space.mapping !== "root") continue;
    const link = entry.type === "file" ? linkTo(entry, firstNames) : undefined;
    yield [headerOf(link ?? entry)];
    if (entry.type === "file" && link === undefined)
      yield* dataOf(await tree.openFile(entry.path), entry.size);
  }
}

function headerOf(entry: TarEntry): Buffer {
  return encodeEntryHeader({ ...entry, xattrs: writableXattrs(entry.xattrs) });
}

function isDevice({ type }: Entry): boolean {
  return type === "character-device" || type === "block-device";
}

/** A hard link in place of a further name of a file. */
function linkTo(entry: FileEntry, firstNames: Map<string, string>): TarEntry | undefined {
  if (entry.linkGroup === undefined) return undefined;
  const target = firstNames.get(entry.linkGroup);
  if (target === undefined) firstNames.set(entry.linkGroup, entry.path);
  const { path, mode, uid, gid, mtimeSec } = entry;
  return target === undefined ? undefined : { type: "hardlink", path, mode, uid, gid, mtimeSec, target };
}

async function* dataOf(reader: FileReader, size: number): AsyncGenerator<readonly Buffer[]> {
  try {
    for (let done = 0; done < size; ) {
      const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, size - done));
      const count = await reader.read(buffer);
      if (count === 0) throw new RangeError(`a file of ${size} bytes ended after ${done}`);
      done += count;
      yield [buffer.subarray(0, count)];
    }
  } finally {
    await reader.close();
  }
  if (size % BLOCK_BYTES > 0) yield [Buffer.alloc(BLOCK_BYTES - (size % BLOCK_BYTES))];
}

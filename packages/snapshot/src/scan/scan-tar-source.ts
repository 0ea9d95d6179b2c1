import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ArchiveCompression, decompressedStream } from "@oci-build/oci";
import { snapshotError } from "../errors.js";
import { TarArchive } from "./scan-tar-archive.js";
import { systemCode } from "./system-code.js";

/** Without another bound, what an archive may take in the temporary directory, which often lies in memory: 16 GiB. */
export const TAR_SPOOL_MAX_BYTES: number = 16 * 1024 ** 3;

/** Where an archive is spooled to, and how large it may get. */
export interface SpoolOptions {
  readonly temporaryDirectory?: string | undefined;
  readonly maxBytes?: number | undefined;
}

/** Not there on Windows, where it is undefined despite its type. It keeps a FIFO from blocking the process. */
const nonBlocking = (constants.O_NONBLOCK as number | undefined) ?? 0;

/** Opens an archive that is a file. The caller closes it.
 * @throws OciBuildError SNAPSHOT_ROOT_INVALID, SNAPSHOT_FILE_UNREADABLE */
export async function openTarFile(
  file: string,
): Promise<{ readonly archive: TarArchive; readonly compression: ArchiveCompression }> {
  const handle = await openHandle(file);
  try {
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw rootInvalid(file, "expected a file", undefined);
    const archive = new TarArchive(`archive ${JSON.stringify(file)}`, handle, stats);
    return { archive, compression: await archive.compression() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The bytes of an archive unpacked, and written to a file while they are read. */
export interface Spool {
  readonly archive: TarArchive;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** An empty temporary file without a name, which so is gone when it is closed or the process ends, and a way to fill it.
 * The caller closes it.
 * @throws OciBuildError SNAPSHOT_SPOOL_FAILED */
export async function openSpool(source: AsyncIterable<Uint8Array>, options: SpoolOptions): Promise<Spool> {
  const directory = options.temporaryDirectory ?? tmpdir();
  const archive = new TarArchive("the archive", await spoolFailing(directory, () => namelessFile(directory)));
  const unpacked = decompressedStream(source, { maxBytes: options.maxBytes ?? TAR_SPOOL_MAX_BYTES });
  return { archive, bytes: spooled(unpacked, archive, directory) };
}

async function* spooled(
  unpacked: AsyncIterable<Uint8Array>,
  archive: TarArchive,
  directory: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of unpacked) {
    await spoolFailing(directory, () => archive.append(chunk));
    yield chunk;
  }
}

async function namelessFile(directory: string): Promise<FileHandle> {
  const file = join(directory, `oci-build-tar-${randomUUID()}`);
  const handle = await open(file, "wx+", 0o600);
  try {
    await unlink(file);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return handle;
}

async function spoolFailing<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = systemCode(error);
    throw snapshotError("SNAPSHOT_SPOOL_FAILED", {
      message: `cannot unpack the archive into ${JSON.stringify(directory)}: ${code ?? "unknown error"}`,
      data: { directory, systemCode: code },
      hint: "Name another temporary directory, with room for the unpacked archive.",
      cause: error,
    });
  }
}

async function openHandle(file: string): Promise<FileHandle> {
  try {
    return await open(file, constants.O_RDONLY | nonBlocking);
  } catch (error) {
    throw rootInvalid(file, systemCode(error) ?? "unknown error", error);
  }
}

function rootInvalid(root: string, found: string, cause: unknown): Error {
  return snapshotError("SNAPSHOT_ROOT_INVALID", {
    message: `cannot scan archive ${JSON.stringify(root)}: ${found}`,
    data: { root },
    hint: "Name an archive that exists and can be read.",
    cause,
  });
}

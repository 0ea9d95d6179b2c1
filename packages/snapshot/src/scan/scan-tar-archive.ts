import { type BigIntStats, fstatSync, readSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { type ArchiveCompression, archiveCompression } from "@oci-build/oci";
import { snapshotError } from "../errors.js";
import { systemCode } from "./system-code.js";

/** How much of an archive is read at once, when all of it is; the next part while the one before is used. */
const CHUNK_BYTES = 1024 * 1024;

/** More than the longest magic that `archiveCompression` knows. */
const START_BYTES = 16;

/** An open archive, of which any bytes can be read until it is closed. What others may write to must stay as it was
 * when it was opened: then `stats` are given. */
export class TarArchive {
  readonly #name: string;
  readonly #handle: FileHandle;
  readonly #stats: BigIntStats | undefined;
  #state: "open" | "closed" = "open";
  #size: number;

  /** `name` is for messages. */
  constructor(name: string, handle: FileHandle, stats?: BigIntStats) {
    this.#name = name;
    this.#handle = handle;
    this.#stats = stats;
    this.#size = Number(stats?.size ?? 0n);
  }

  /** Bytes, as of when it was opened and with what was appended since. */
  get size(): number {
    return this.#size;
  }

  /** @throws OciBuildError SNAPSHOT_FILE_UNREADABLE */
  async compression(): Promise<ArchiveCompression> {
    return archiveCompression(await this.#chunk(0, START_BYTES));
  }

  /** All bytes from the start; at their end it fails when the file changed meanwhile.
   * @throws OciBuildError SNAPSHOT_FILE_CHANGED, SNAPSHOT_FILE_UNREADABLE */
  async *bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    let next = this.#chunk(0, CHUNK_BYTES);
    for (let position = 0; ; ) {
      const chunk = await next;
      if (chunk.length === 0) break;
      position += chunk.length;
      next = this.#chunk(position, CHUNK_BYTES);
      // Whoever stops early does not want to know; all others await it.
      next.catch(() => undefined);
      yield chunk;
    }
    this.checkUnchanged("");
  }

  /** Appends to an archive that is being written. */
  async append(bytes: Uint8Array): Promise<void> {
    await this.#handle.writeFile(bytes);
    this.#size += bytes.length;
  }

  /** Reads what there is at a place, as much as fits; 0 at the end.
   * @throws OciBuildError SNAPSHOT_FILE_UNREADABLE */
  readAt(target: Uint8Array, position: number): number {
    return this.#read("", target, position);
  }

  /** Fills the target from a place of the archive, which is known to have as much. `path` is that of the tree's file.
   * @throws OciBuildError SNAPSHOT_FILE_CHANGED, SNAPSHOT_FILE_UNREADABLE */
  fill(path: string, target: Uint8Array, position: number): void {
    for (let done = 0; done < target.length; ) {
      const count = this.#read(path, target.subarray(done), position + done);
      if (count === 0) throw this.#changed(path, ["size"]);
      done += count;
    }
  }

  /** @throws OciBuildError SNAPSHOT_FILE_CHANGED, SNAPSHOT_FILE_UNREADABLE when it was closed */
  checkUnchanged(path: string): void {
    this.#checkOpen(path);
    if (this.#stats === undefined) return;
    const changed = changedStats(this.#stats, fstatSync(this.#handle.fd, { bigint: true }));
    if (changed.length > 0) throw this.#changed(path, changed);
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "closed";
    await this.#handle.close();
  }

  async #chunk(position: number, length: number): Promise<Uint8Array> {
    try {
      const { buffer, bytesRead } = await this.#handle.read(Buffer.allocUnsafe(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    } catch (error) {
      throw this.#unreadable("", systemCode(error), error);
    }
  }

  /** The number of a closed file may soon be that of another one. */
  #checkOpen(path: string): void {
    if (this.#state === "closed") throw this.#unreadable(path, undefined, undefined);
  }

  #read(path: string, target: Uint8Array, position: number): number {
    this.#checkOpen(path);
    try {
      return readSync(this.#handle.fd, target, 0, target.length, position);
    } catch (error) {
      throw this.#unreadable(path, systemCode(error), error);
    }
  }

  #unreadable(path: string, code: string | undefined, cause: unknown): Error {
    const problem = this.#state === "closed" ? "the snapshot was disposed" : (code ?? "unknown error");
    return snapshotError("SNAPSHOT_FILE_UNREADABLE", {
      message: `cannot read ${this.#what(path)}: ${problem}`,
      data: { path, systemCode: code },
      cause,
    });
  }

  #changed(path: string, changed: readonly string[]): Error {
    return snapshotError("SNAPSHOT_FILE_CHANGED", {
      message: `cannot read ${this.#what(path)}: the archive changed while it was in use: ${changed.join(", ")} differ from the scan`,
      data: { path, changed },
      hint: "Scan the archive when nothing writes to it.",
    });
  }

  #what(path: string): string {
    return path === "" ? this.#name : `file ${JSON.stringify(path)} of ${this.#name}`;
  }
}

function changedStats(before: BigIntStats, now: BigIntStats): readonly string[] {
  return (["size", "mtime", "ctime"] as const).filter((name) => {
    const field = name === "size" ? name : (`${name}Ns` as const);
    return before[field] !== now[field];
  });
}

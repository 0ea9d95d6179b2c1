import { type FileHandle, open } from "node:fs/promises";
import { systemErrorCode } from "@oci-build/oci";

/** Keeps the mounts of a command until it has ended. The kernel takes them apart when nothing uses them any more, which
 * takes as long as the command looked at many files, and who waits for the command waits for that, too, unless somebody
 * else lets go of them last. They end with this process in any case. */
export class HeldMounts {
  #opening: Promise<FileHandle | undefined> | undefined;
  #released: Promise<unknown> | undefined;

  /** Holds the mounts that a process sees. Where that is not allowed, or the process has ended, they just go earlier. */
  hold(pid: number): void {
    if (this.#released === undefined) this.#opening ??= openMounts(pid);
  }

  /** Lets go of them; resolves when they are gone. Never fails. */
  async release(): Promise<void> {
    this.#released ??= Promise.allSettled([this.#opening?.then((held) => held?.close())]);
    await this.#released;
  }
}

async function openMounts(pid: number): Promise<FileHandle | undefined> {
  try {
    return await open(`/proc/${pid}/ns/mnt`);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}

import type { FileHandle } from "node:fs/promises";
import { open, rm } from "node:fs/promises";
import path from "node:path";
import { digestHex, type PlacedBlob } from "@oci-build/oci";
import { asideName } from "./aside-file.js";

/** What the thread does: it copies blobs to their places in an open file, and tells of each whose bytes have its
 * digest. The bytes that are hashed are those that are written. It is text, not a file, so that it also works from a
 * bundle. */
const program = `
const { createHash } = require("node:crypto");
const { closeSync, openSync, readSync, writeSync } = require("node:fs");
const { parentPort, workerData } = require("node:worker_threads");
const buffer = Buffer.allocUnsafeSlow(256 * 1024);
const write = (length, offset) => {
  for (let at = 0; at < length; ) at += writeSync(workerData.fd, buffer, at, length - at, offset + at);
};
const copy = (source, { hex, size, offset }) => {
  const hash = createHash("sha256");
  for (let done = 0; done < size; ) {
    const length = readSync(source, buffer, 0, Math.min(buffer.length, size - done), done);
    if (length === 0) return "damaged";
    hash.update(buffer.subarray(0, length));
    write(length, offset + done);
    done += length;
  }
  return hash.digest("hex") === hex ? "sound" : "damaged";
};
for (const blob of workerData.blobs) {
  let source;
  try {
    source = openSync(blob.path, "r");
  } catch {
    parentPort.postMessage("missing");
    continue;
  }
  parentPort.postMessage(copy(source, blob));
  closeSync(source);
}
`;

/** A file beside the output in which some blobs of the last output may stand already. */
export interface DraftFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** Whether a blob stands at this place, byte for byte. */
  readonly holds: (blob: PlacedBlob) => boolean;
}

/** An output that is being written before it is known that it will be the same as the last one. */
export interface Draft {
  /** The file's absolute path, once the draft takes its place. */
  readonly file: string;
  /** Waits for the copies. Whoever takes the draft closes it, and renames or removes it; undefined when there is none
   * any more. */
  take(): Promise<DraftFile | undefined>;
  /** Ends the work and removes the file, unless it was taken. Each call waits for the end of that. */
  discard(): Promise<void>;
}

/** What is to be drafted: the blobs and where they lie. */
export interface DraftedOutput {
  readonly file: string;
  readonly blobs: readonly PlacedBlob[];
  /** The folder of an OCI layout that has them. */
  readonly layout: string;
}

/** Begins to copy blobs on a thread of its own. */
export async function openDraft({ file, blobs, layout }: DraftedOutput): Promise<Draft> {
  const aside = asideName(file);
  const handle = await open(aside, "wx");
  const sound = new Set<string>();
  const copies = startCopies(handle, { blobs, layout }, (blob) => sound.add(placeOf(blob)));
  let state: "open" | "gone" = "open";
  let removing = Promise.resolve();
  const remove = async (): Promise<void> => {
    await copies.stop();
    await handle.close();
    await rm(aside, { force: true });
  };
  return {
    file,
    async take() {
      if (state === "gone") return undefined;
      state = "gone";
      await copies.ended;
      return { path: aside, handle, holds: (blob) => sound.has(placeOf(blob)) };
    },
    discard() {
      if (state === "open") removing = remove();
      state = "gone";
      return removing;
    },
  };
}

interface Copies {
  /** Never fails. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

function startCopies(
  { fd }: FileHandle,
  { blobs, layout }: Omit<DraftedOutput, "file">,
  onSound: (blob: PlacedBlob) => void,
): Copies {
  const folder = path.join(layout, "blobs", "sha256");
  const sources = blobs.map(({ digest, size, offset }) => {
    const hex = digestHex(digest);
    return { path: path.join(folder, hex), hex, size, offset };
  });
  // Only large outputs load it.
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const thread = new Worker(program, { eval: true, execArgv: [], workerData: { fd, blobs: sources } });
  const waiting = [...blobs];
  const ended = new Promise<void>((resolve) => {
    thread.on("message", (found: "sound" | "damaged" | "missing") => {
      const blob = waiting.shift();
      if (blob !== undefined && found === "sound") onSound(blob);
      if (waiting.length === 0) resolve();
    });
    // What could not be copied is written later, which tells what is wrong.
    thread.on("error", () => undefined);
    thread.on("exit", () => resolve());
  });
  return { ended, stop: async () => void (await thread.terminate()) };
}

function placeOf({ digest, size, offset }: PlacedBlob): string {
  return `${offset} ${size} ${digest}`;
}

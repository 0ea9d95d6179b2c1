import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { onTestFinished } from "vitest";
import type { ExecMount } from "../../src/executor.js";
import { makeFolder, removeFolder } from "./temporary-folder.js";

/** A program of the host that prepares every command, so that whoever mounts over it has left the sandbox. */
export const onTheWay: string = realpathSync(
  spawnSync("sh", ["-c", "command -v setpriv"]).stdout.toString("utf8").trim(),
);

/** A program that tells of being run outside. */
export function trap(sentinel: string): Buffer {
  return Buffer.from(`#!/bin/sh\necho escaped >${sentinel}\n`);
}

export function fileMount(target: string, content: Buffer): ExecMount {
  return { kind: "file", target, content, mode: 0o755, uid: 0, gid: 0 };
}

/** Of a folder that the command may write to, or of a part of it. */
export function bindMount(target: string, folder: string, inside = ""): ExecMount {
  return { kind: "bind", target, source: { kind: "folder", folder, path: inside }, writes: "kept" };
}

/** `ran`, or the code of the error. */
export function endingOf(running: Promise<unknown>): Promise<unknown> {
  return running.then(
    () => "ran",
    (error: { readonly code?: string }) => error.code,
  );
}

/** A folder that the executor's user can enter, removed after the test. */
export function temporaryFolder(): string {
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  return folder;
}

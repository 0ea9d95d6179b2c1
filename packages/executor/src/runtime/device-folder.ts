import { lstatSync } from "node:fs";
import path from "node:path";
import type { Entry } from "@oci-build/oci";
import type { MountLine } from "../run/backend.js";
import type { Lookup } from "../run/mount-view.js";
import type { PreparedFile } from "../run/prepared-file.js";

/** The devices that a command has. They are the host's own nodes, bound one by one, for a node made on this file system
 * cannot be opened: it is mounted `nodev`, and that is what keeps a command with CAP_MKNOD from the host's disks. */
const nodes = ["full", "null", "random", "tty", "urandom", "zero"] as const;

const folders = ["mqueue", "pts", "shm"] as const;

const links = {
  core: "/proc/kcore",
  fd: "/proc/self/fd",
  ptmx: "pts/ptmx",
  stderr: "/proc/self/fd/2",
  stdin: "/proc/self/fd/0",
  stdout: "/proc/self/fd/1",
} as const;

/** What a /dev consists of that is made at `folder`, which is relative to the run's own. */
export function deviceFiles(folder: string): readonly PreparedFile[] {
  return [
    { type: "directory", path: folder, mode: 0o755 },
    ...folders.map((name) => ({ type: "directory", path: `${folder}/${name}`, mode: 0o755 }) as const),
    ...nodes.map((name) => {
      return { type: "file", path: `${folder}/${name}`, mode: 0o666, content: new Uint8Array() } as const;
    }),
    ...Object.entries(links).map(([name, target]) => {
      return { type: "symlink", path: `${folder}/${name}`, mode: 0o777, target } as const;
    }),
  ];
}

/** What lies in that /dev, for whoever looks something up in it. */
export function deviceLookup(): Lookup {
  const entries = deviceFiles("").map((file): [string, Entry] => {
    const { mode } = file;
    const path = file.path.replace(/^\//, "");
    const meta = { path, mode, uid: 0, gid: 0, mtimeSec: 0 };
    if (file.type === "symlink") return [path, { type: "symlink", target: file.target, ...meta }];
    return [path, file.type === "file" ? { type: "file", size: 0, ...meta } : { type: "directory", ...meta }];
  });
  const byPath = new Map(entries);
  return { get: (path) => byPath.get(path) };
}

/** Whether the host's own /dev has a folder for something to be mounted on it. A link would lead somewhere else. */
export function isHostFolder(at: string): boolean {
  return lstatSync(at, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Puts the host's nodes on the files of `deviceFiles`; `folder` is absolute. Read-only devices can be written to, but
 * are no longer given other modes and owners, which would be the host's. */
export function deviceMounts(folder: string): readonly MountLine[] {
  return nodes.map((name) => ({
    type: "bind",
    source: `/dev/${name}`,
    target: path.join(folder, name),
    options: ["bind", "ro", "nosuid", "noexec"],
  }));
}

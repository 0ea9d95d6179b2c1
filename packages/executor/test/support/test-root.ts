import { readFileSync } from "node:fs";
import {
  compareTreePaths,
  type FileReader,
  type LayerEntry,
  type LayerTree,
  type TreeFile,
  writeLayer,
} from "@oci-build/oci";
import { emptyFileTree } from "@oci-build/snapshot";
import { bytesReader, treeEntries } from "../../../snapshot/src/testing/tree-lines.js";
import type { RootFileSystem, RootLayer } from "../../src/executor.js";

/** A static program that is a shell and all the tools of the tests. Debian's busybox-static. */
const BUSYBOX = "/bin/busybox";

const applets =
  "ash awk base64 cat chgrp chmod chown chroot cp cut date dd df dirname dmesg echo env false find grep head hostname id " +
  "insmod ip kill link ln ls mkdir mkfifo mknod mktemp mount mv nc nsenter pivot_root printf ps pwd readlink realpath rm " +
  "rmdir sed seq setsid sh sleep sort stat stty swapon sync sysctl syslogd tail tar tee test timeout touch tr true truncate tty " +
  "umount uname unshare wc wget whoami xargs";

/** What most tests run on: busybox as every program of /bin, users, and some files to change. */
const baseLines: readonly string[] = [
  "dir bin 0755",
  ...applets.split(" ").map((name) => `link bin/${name} -> busybox`),
  "dir etc 0755",
  "file etc/group 0644 'root:x:0:\\nadm:x:4:app\\napp:x:1000:\\nextra:x:1001:app,other\\n'",
  "file etc/passwd 0644 'root:x:0:0:root:/root:/bin/sh\\napp:x:1000:1000::/home/app:/bin/sh\\nother:x:1002:1001::/:/bin/sh\\n'",
  "dir home 0755",
  "dir home/app 0755 1000:1000",
  "dir root 0700",
  "dir run 0755",
  "dir srv 0755 @1000",
  "dir srv/data 0755 @1000",
  "file srv/data/big 0644 'a file of the base' @1000",
  "file srv/data/other 0640 1000:1000 'another' @1000",
  "dir srv/deep 0755 @1000",
  "dir srv/deep/er 0755 @1000",
  "file srv/deep/er/file 0644 'deep' @1000",
  "dir tmp 01777",
  "dir usr 0755",
  "dir usr/bin 0755",
  "dir var 0755",
  "link var/run -> ../run",
];

/** The base as layer entries, with the program's bytes. */
export function baseLayer(more: readonly string[] = []): readonly LayerEntry[] {
  const busybox = programLayer("bin/busybox", readFileSync(BUSYBOX));
  return [...treeEntries(...baseLines, ...more), ...busybox].sort((a, b) => compareTreePaths(a.path, b.path));
}

/** One program. */
export function programLayer(path: string, bytes: Uint8Array): readonly LayerEntry[] {
  const meta = { path, mode: 0o755, uid: 0, gid: 0, mtimeSec: 0 };
  return [{ type: "file", ...meta, size: bytes.length, open: () => bytesReader(bytes) }];
}

/** Nothing but the programs. */
export function programsLayer(): readonly LayerEntry[] {
  return baseLayer().filter(({ path }) => path === "bin" || path.startsWith("bin/"));
}

/** A root file system of these layers, from the base upwards. */
export async function testRoot(...layers: readonly (readonly LayerEntry[])[]): Promise<RootFileSystem> {
  const written = await Promise.all(layers.map(writeTestLayer));
  const blobs = new Map(written.map(({ layer, blob }) => [layer.diffId, blob]));
  const tree = written.reduce(
    (below, { tree: layerTree }) => below.applyLayer(layerTree),
    emptyFileTree((diffId, file) => openIn(blobs.get(diffId), file)),
  );
  return { layers: written.map(({ layer }) => layer), tree };
}

/** A layer of lines: see snapshot's `tree`. */
export function linesLayer(...lines: readonly string[]): readonly LayerEntry[] {
  return treeEntries(...lines);
}

interface TestLayer {
  readonly layer: RootLayer;
  readonly blob: Buffer;
  readonly tree: LayerTree;
}

async function writeTestLayer(entries: readonly LayerEntry[]): Promise<TestLayer> {
  const parts: Buffer[] = [];
  const written = await writeLayer(entries, (chunk) => void parts.push(Buffer.from(chunk)), {
    compression: "none",
  });
  const blob = Buffer.concat(parts);
  return { layer: { diffId: written.diffId, open: () => chunks(blob) }, blob, tree: written.tree };
}

function openIn(blob: Buffer | undefined, file: TreeFile): FileReader {
  if (blob === undefined) throw new Error(`no layer has ${file.path}`);
  return bytesReader(blob.subarray(file.dataOffset, file.dataOffset + file.size));
}

const CHUNK_BYTES = 64 * 1024;

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DiffId, digestOf, type LayerEntry, type LayerEntryBatches } from "@oci-build/oci";
import type { FileTree } from "@oci-build/snapshot";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tarBytes } from "../../../snapshot/src/testing/tar-bytes.js";
import { tree } from "../../../snapshot/src/testing/tree-lines.js";
import { layerLines } from "../../test/support/layer-lines.js";
import { mountOverlay } from "../../test/support/overlay-mount.js";
import { folderLines } from "../../test/support/tar-lines.js";
import { isRoot, rootSpace, testPrograms } from "../../test/support/test-space.js";
import { readChanges } from "../changes/read-changes.js";
import { UnpackedLayers } from "../unpack/unpacked-layers.js";
import { copiedChanges, scanFolder } from "./copied-changes.js";
import { copyRoot } from "./copy-root.js";

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "copied-"));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const space = rootSpace;
const { tar } = testPrograms;

const base = [
  "dir a 0755 @1",
  "file a/x 0644 @1 'x'",
  "file a/y 0600 1:2 @1 'y'",
  "dir a/b 0700 3:4 @1",
  "file a/b/x 0644 @1 user.k=v 'deep'",
  "dir c 01777 @1",
  "link c/l -> ../a/x",
  "fifo c/p @1",
  "file x 04755 @1 'top'",
];

function run(script: string, cwd: string): void {
  const ended = spawnSync("sh", ["-c", script], { cwd });
  if (ended.error !== undefined) throw ended.error;
}

async function copied(below: FileTree, script: string, name: string): Promise<readonly LayerEntry[]> {
  const folder = join(dir, name);
  mkdirSync(folder);
  await copyRoot({ tree: below, folder, space, tar });
  const options = { folder, space, tar, temporaryDirectory: dir };
  await using before = await scanFolder(options);
  run(script, folder);
  return await collected(copiedChanges({ ...options, before, stubs: new Set() }));
}

/** With the bytes of files read while they can be. */
async function collected(batches: LayerEntryBatches): Promise<readonly LayerEntry[]> {
  const found: LayerEntry[] = [];
  for await (const entries of batches) for (const entry of entries) found.push(await withBytes(entry));
  return found;
}

async function withBytes(entry: LayerEntry): Promise<LayerEntry> {
  if (entry.type !== "file") return entry;
  const reader = await entry.open();
  const bytes = Buffer.alloc(entry.size);
  for (let done = 0; done < entry.size; ) done += await reader.read(bytes.subarray(done));
  await reader.close();
  let at = 0;
  const read = (target: Uint8Array): number => {
    const count = bytes.copy(target, 0, at);
    at += count;
    return count;
  };
  return { ...entry, open: () => ({ read, close: () => undefined }) };
}

async function overlaid(
  below: FileTree,
  lines: readonly string[],
  script: string,
  name: string,
): Promise<readonly LayerEntry[]> {
  const home = join(dir, name);
  mkdirSync(home);
  const bytes = tarBytes("dir . 0755", ...lines);
  const layer = {
    diffId: digestOf(bytes) as string as DiffId,
    async *open() {
      yield await Promise.resolve(bytes);
    },
  };
  const unpacked = new UnpackedLayers({ dir, space, programs: testPrograms, overlayXattrs: "trusted" });
  const mount = mountOverlay(home, await unpacked.folders({ layers: [layer], tree: below }));
  try {
    run(script, mount.merged);
  } finally {
    mount.unmount();
  }
  return collected(readChanges({ folder: mount.upper, space, tar, below, overlayXattrs: "trusted" }));
}

describe.runIf(isRoot)("copyRoot (skipped: needs root)", () => {
  it("writes what a tree has", async () => {
    const lines = [
      ...base,
      "hardlink z -> x",
      "char n 0600 @1 1,3",
      "file 'b\\xff\\n' 0644 @1 user.a%3Db=w 'odd'",
    ];
    const folder = join(dir, "root");
    mkdirSync(folder);
    await copyRoot({ tree: tree(...lines), folder, space, tar });
    expect((await folderLines(folder)).slice(1)).toEqual([
      "directory a/ 755 @1",
      "directory a/b/ 700 3:4 @1",
      "file a/b/x 644 @1 user.k=v deep",
      "file a/x 644 @1 x",
      "file a/y 600 1:2 @1 y",
      "file b\udcff\n 644 @1 user.a%253Db=w odd",
      "directory c/ 1777 @1",
      "symlink c/l 777 -> ../a/x",
      "fifo c/p 644 @1",
      "character-device n 600 @1 1,3",
      "file x 4755 @1 top",
      "hardlink z 4755 @1 -> ./x",
    ]);
  });

  it("tells what tar said when it failed", async () => {
    const copying = copyRoot({ tree: tree(...base), folder: dir, space, tar: "/bin/false" });
    await expect(copying).rejects.toMatchObject({
      code: "ROOT_COPY_FAILED",
      exitCode: 3,
      data: { status: 1 },
    });
  });
});

describe.runIf(isRoot)("copiedChanges (skipped: needs root)", () => {
  it("tells changes with the directories above them", async () => {
    const script = "umask 022; echo n > a/b/new; rm a/x; chmod 600 c/p; setfattr -n user.k -v w a/b/x";
    expect(await layerLines(await copied(tree(...base), script, "root"))).toEqual([
      "directory a 755",
      "directory a/b 700 3:4",
      "file a/b/new 644 n\n",
      "file a/b/x 644 user.k=w deep",
      "whiteout a/x",
      "directory c 1777",
      "fifo c/p 600",
    ]);
  });

  it("Differs: a file that a command only opened to write, and left as it was, is not among the changes", async () => {
    const script = "exec 3<> x";
    expect(await layerLines(await copied(tree(...base), script, "root"))).toEqual([]);
    expect(await layerLines(await overlaid(tree(...base), base, script, "overlay"))).toEqual([
      "file x 4755 top",
    ]);
  });

  it("Differs: a file with several names keeps them when it is written to", async () => {
    const lines = ["file a 0644 @1 'a'", "hardlink b -> a"];
    expect(await layerLines(await copied(tree(...lines), "echo n > a", "root"))).toEqual([
      "file a 644 n\n",
      "hardlink b 644 -> a",
    ]);
    expect(await layerLines(await overlaid(tree(...lines), lines, "echo n > a", "overlay"))).toEqual([
      "file a 644 n\n",
    ]);
  });

  it("tells what readChanges tells of overlayfs, but for copies of what did not change", async () => {
    const path = fc.constantFrom(
      "a",
      "a/x",
      "a/y",
      "a/b",
      "a/b/x",
      "a/n",
      "a/b/n",
      "c",
      "c/l",
      "c/p",
      "c/n",
      "x",
      "n",
      "n/a",
    );
    const command = fc.oneof(
      path.map((at) => `rm -rf ${at}`),
      path.map((at) => `mkdir -p ${at}`),
      fc
        .tuple(path, fc.integer({ min: 0, max: 9 }))
        .map(([at, text]) => `echo ${text} > ${at} < /dev/null & wait`.replace(" & wait", "")),
      fc.tuple(path, path).map(([from, to]) => `mv -fT ${from} ${to}`),
      fc.tuple(path, path).map(([from, to]) => `ln -fnT ${from} ${to}`),
      path.map((at) => `ln -sfnT target ${at}`),
      fc
        .tuple(path, fc.constantFrom("600", "755", "4711"))
        .map(([at, mode]) => `test -L ${at} || chmod ${mode} ${at}`),
      path.map((at) => `chown -h 7:8 ${at}`),
      fc.tuple(path, fc.integer({ min: 1, max: 3 })).map(([at, time]) => `touch -hd @${time} ${at}`),
      path.map((at) => `mkfifo ${at}`),
    );
    const below = tree(...base);
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 8 }), async (commands) => {
        count += 1;
        // A FIFO without a reader would stop the shell.
        const script = commands
          .map((each) => (each.startsWith("echo") ? `test -p "${each.split(" ")[3]}" || { ${each}; }` : each))
          .join("\n");
        const [overlay, copy] = [
          await overlaid(below, base, script, `overlay-${count}`),
          await copied(below, script, `root-${count}`),
        ];
        const isNoChange = (entry: LayerEntry): boolean => {
          const old = below.get(entry.path);
          return (
            old?.type === entry.type &&
            old.mode === entry.mode &&
            old.uid === entry.uid &&
            old.mtimeSec === entry.mtimeSec
          );
        };
        const told = new Set(copy.map(({ path: at }) => at));
        const kept = overlay.filter((entry) => told.has(entry.path) || !isNoChange(entry));
        expect(await layerLines(kept)).toEqual(await layerLines(copy));
      }),
      { numRuns: 40 },
    );
  });
});

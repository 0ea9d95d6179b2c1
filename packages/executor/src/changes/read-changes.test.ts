import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareTreePaths, type DiffId, digestOf, writeLayer } from "@oci-build/oci";
import type { FileTree } from "@oci-build/snapshot";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tarBytes } from "../../../snapshot/src/testing/tar-bytes.js";
import { tree } from "../../../snapshot/src/testing/tree-lines.js";
import { layerLines } from "../../test/support/layer-lines.js";
import { mountOverlay } from "../../test/support/overlay-mount.js";
import { isRoot, rootSpace, testPrograms } from "../../test/support/test-space.js";
import { UnpackedLayers } from "../unpack/unpacked-layers.js";
import { listNames } from "./list-names.js";
import { type ReadChangesOptions, readChanges } from "./read-changes.js";
import { tarNames } from "./tar-names.js";

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "changes-"));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const space = rootSpace;
const { tar } = testPrograms;

/** Runs a script in a root of lines; what it changed, to be read. */
async function changedBy(script: string, ...lines: readonly string[]): Promise<ReadChangesOptions> {
  const bytes = tarBytes("dir . 0755", ...lines);
  const layer = {
    diffId: digestOf(bytes) as string as DiffId,
    async *open() {
      yield await Promise.resolve(bytes);
    },
  };
  const below = tree(...lines);
  const unpacked = new UnpackedLayers({ dir, space, programs: testPrograms, overlayXattrs: "trusted" });
  const { merged, upper, unmount } = mountOverlay(
    dir,
    await unpacked.folders({ layers: [layer], tree: below }),
  );
  try {
    const ended = spawnSync("bash", ["-ec", script], { cwd: merged, env: { PATH: process.env["PATH"] } });
    if (ended.status !== 0) throw new Error(ended.stderr.toString());
  } finally {
    unmount();
  }
  return { folder: upper, space, tar, below, overlayXattrs: "trusted" };
}

describe.runIf(isRoot)("readChanges (skipped: needs root)", () => {
  it.each([
    { name: "nothing", below: ["file a 0644 'a'"], script: "true", found: [] },
    {
      name: "files of every kind",
      below: [],
      script:
        "umask 022; mkdir d; echo x > d/f; ln d/f d/g; ln -s ../nowhere l; mkfifo p; mknod n c 1 3; chown 1:2 d/f; chmod 4755 d/f",
      found: [
        "directory d 755",
        "file d/f 4755 1:2 x\n",
        "hardlink d/g 4755 1:2 -> d/f",
        "symlink l 777 -> ../nowhere",
        "character-device n 644 1,3",
        "fifo p 644",
      ],
    },
    {
      name: "an empty file and a long one",
      below: [],
      script: "umask 022; : > e; head -c 300000 /dev/zero > z",
      found: ["file e 644 ", "file z 644 300000 bytes"],
    },
    {
      name: "a sparse file in full",
      below: [],
      script: "umask 022; truncate -s 5M s",
      found: ["file s 644 5242880 bytes"],
    },
    {
      name: "deleted files, each of them",
      below: ["file a 0644 'a'", "file b 0644 'b'", "file d/c 0644 'c'", "file d/k 0644 'k'"],
      script: "rm a b d/c",
      found: ["whiteout a", "whiteout b", "directory d 755", "whiteout d/c"],
    },
    {
      name: "a deleted directory as one",
      below: ["file d/e/f 0644 ''", "file d/g 0644 ''"],
      script: "rm -r d",
      found: ["whiteout d"],
    },
    {
      name: "what is new and gone again not at all",
      below: ["dir d 0755"],
      script: "touch x; mkdir y; rm x; rmdir y",
      found: [],
    },
    {
      name: "a directory made anew by what it had",
      below: [
        "dir d 0700",
        "file d/a 0644 'a'",
        "file d/b 0644 'b'",
        "file d/s/t 0644 't'",
        "file d/s/u 0644 'u'",
        "file d/z/x 0644 ''",
      ],
      script: "umask 022; rm -r d; mkdir -p d/s; echo n > d/b; echo n > d/c; echo n > d/s/u",
      found: [
        "directory d 755",
        "whiteout d/a",
        "file d/b 644 n\n",
        "file d/c 644 n\n",
        "directory d/s 755",
        "whiteout d/s/t",
        "file d/s/u 644 n\n",
        "whiteout d/z",
      ],
    },
    {
      name: "a directory made anew and empty",
      below: ["dir d 0755 @5", "file d/a 0644 'a'"],
      script: "rm -r d; mkdir d; touch -d @5 d",
      found: ["directory d 755", "whiteout d/a"],
    },
    {
      name: "a new directory that hides nothing",
      below: [],
      script: "umask 022; mkdir -p a/b",
      found: ["directory a 755", "directory a/b 755"],
    },
    {
      name: "a file in place of a directory, and the other way",
      below: ["file d/x 0644 ''", "file f 0644 'f'"],
      script: "umask 022; rm -r d f; echo d > d; mkdir f; echo g > f/g",
      found: ["file d 644 d\n", "directory f 755", "file f/g 644 g\n"],
    },
    {
      name: "a change of the mode alone with the whole file",
      below: ["file big 0644 'bytes'"],
      script: "chmod 600 big",
      found: ["file big 600 bytes"],
    },
    {
      name: "a touch alone with the whole file",
      below: ["file a 0644 @5 'a'"],
      script: "touch a",
      found: ["file a 644 a"],
    },
    {
      name: "a hard link to a file below with its file",
      below: ["file a 0644 'a'"],
      script: "ln a b",
      found: ["file a 644 a", "hardlink b 644 -> a"],
    },
    {
      name: "the directories above a change as they are",
      below: ["dir a 0700 1:2 @5", "file a/b/c 0644 @5 'c'"],
      script: "echo d > a/b/c; touch -d @0 a/b",
      found: ["directory a 700 1:2", "directory a/b 755", "file a/b/c 644 d\n"],
    },
    {
      name: "no directory in which nothing changed",
      below: ["dir a 0755 @5", "dir a/b 0755 @6", "file a/b/c 0644 'c'"],
      script: "touch a/b/x; rm a/b/x; touch -d @6 a/b; touch -d @5 a",
      found: [],
    },
    {
      name: "a renamed directory as a copy and a deletion",
      below: ["dir a 0711 @5", "file a/f 0644 'f'"],
      script: "mv a b",
      found: ["whiteout a", "directory b 711", "file b/f 644 f"],
    },
    {
      name: "further names of links, FIFOs and devices as entries of their own",
      below: [],
      script: "ln -s x l; ln l m; mkfifo p; ln p q; mknod a c 1 3; ln a b",
      found: [
        "character-device a 644 1,3",
        "character-device b 644 1,3",
        "symlink l 777 -> x",
        "symlink m 777 -> x",
        "fifo p 644",
        "fifo q 644",
      ],
    },
    {
      name: "the attributes of a file with each of its names",
      below: [],
      script: "umask 022; echo x > f; ln f g; setfattr -n user.k -v v f",
      found: ["file f 644 user.k=v x\n", "hardlink g 644 user.k=v -> f"],
    },
    {
      name: "what a command marks itself as no deletion",
      below: ["file d/x 0644 ''"],
      script: "setfattr -n user.overlay.opaque -v y d; touch -d @0 d",
      found: [],
    },
    {
      name: "no sockets",
      below: [],
      script: "perl -MSocket -e 'socket(S,AF_UNIX,SOCK_STREAM,0); bind(S,sockaddr_un(\"s\")) or die'",
      found: [],
    },
    {
      name: "attributes and capabilities, but not the host's labels",
      below: [],
      script:
        "umask 022; echo x > f; setfattr -n user.k -v v f; setfattr -n user.a=b%3D -v w f; setfattr -n trusted.t -v u f; setcap cap_net_raw+ep f",
      found: [
        "file f 644 security.capability=\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0 trusted.t=u user.a=b%3D=w user.k=v x\n",
      ],
    },
  ])("tells $name", async ({ below, script, found }) => {
    expect(await layerLines(readChanges(await changedBy(script, ...below)))).toEqual(found);
  });

  it("gives a layer that can be written, and that makes of the tree below what the command saw", async () => {
    const lines = ["dir d 0700 @1", "file d/a 0644 @2 'a'", "file d/b 0644 @3 'b'", "file e/f 0644 'f'"];
    const script = "rm d/a; echo n > d/n; rm -r e; mkdir e; echo g > e/g";
    const options = await changedBy(script, ...lines);
    const written = await writeLayer(readChanges(options), async () => undefined);
    const after = (options.below as FileTree).applyLayer(written.tree);
    expect(Array.from(after.entries(), ({ path }) => path)).toEqual(["d", "d/b", "d/n", "e", "e/g"]);
  });

  it("keeps times that a plain header cannot say", async () => {
    const times = ["-5", "-5.5", "0", "0.5", "1.9", "9000000000.5"];
    const script = times.map((time, index) => `echo x > f${index}; touch -d @${time} f${index}`);
    const options = await changedBy([...script, "ln -s x l", "touch -hd @-1.5 l"].join("\n"));
    const found: (readonly [string, number])[] = [];
    for await (const entries of readChanges(options))
      for (const entry of entries) if ("mtimeSec" in entry) found.push([entry.path, entry.mtimeSec]);
    expect(found).toEqual([
      ["f0", -5],
      ["f1", -6],
      ["f2", 0],
      ["f3", 0],
      ["f4", 1],
      ["f5", 9000000000],
      ["l", -2],
    ]);
  });

  it("opens a file when the one before was not read", async () => {
    const options = await changedBy("for i in 1 2 3 4; do head -c 200000 /dev/zero > f$i; done; echo x > g");
    const texts: string[] = [];
    for await (const entries of readChanges(options)) {
      for (const entry of entries) {
        if (entry.path !== "g" || entry.type !== "file") continue;
        const reader = await entry.open();
        const buffer = Buffer.alloc(10);
        texts.push(buffer.toString("latin1", 0, await reader.read(buffer)));
      }
    }
    expect(texts).toEqual(["x\n"]);
  });

  it("stops when its caller does", async () => {
    const options = await changedBy("for i in 1 2 3 4; do head -c 2000000 /dev/zero > f$i; done");
    for await (const entries of readChanges(options)) {
      expect(Array.from(entries, ({ path }) => path)).toEqual(["f1"]);
      break;
    }
    const controller = new AbortController();
    const changes = readChanges({ ...options, signal: controller.signal });
    await changes.next();
    controller.abort(new Error("enough"));
    await expect(layerLines(changes)).rejects.toThrow("enough");
  });

  it("tells what tar said when it failed", async () => {
    const options = await changedBy("touch a");
    await expect(layerLines(readChanges({ ...options, tar: "/bin/false" }))).rejects.toMatchObject({
      code: "CHANGES_UNREADABLE",
      exitCode: 3,
      data: { status: 1 },
    });
  });

  it("tells what tar said when it ends inside a file", async () => {
    const options = await changedBy("head -c 3000000 /dev/zero > a; head -c 10 /dev/zero > b");
    const dying = join(dir, "dying-tar");
    const script = `#!/bin/sh\n${tar} "$@" | head -c 1000000\necho "tar: ./a: Input/output error" >&2\nexit 2\n`;
    writeFileSync(dying, script, { mode: 0o755 });
    const writing = writeLayer(readChanges({ ...options, tar: dying }), async () => undefined);
    await expect(writing).rejects.toMatchObject({
      code: "CHANGES_UNREADABLE",
      data: { status: 2, said: "tar: ./a: Input/output error" },
    });
  });

  it("gives all names in the order of a layer, whatever bytes they have, by itself and by tar", async () => {
    const byte = fc.integer({ min: 1, max: 255 }).filter((value) => value !== 0x2f);
    const raw = fc
      .uint8Array({ minLength: 1, maxLength: 12 })
      .map((bytes) => Buffer.from(bytes.map((value) => (value === 0 || value === 0x2f ? 1 : value))));
    const text = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 6 })
      .map((name) => Buffer.from(name.replaceAll(/[/\0]/g, "-")));
    const oneByte = byte.map((value) => Buffer.of(value));
    const name = fc
      .oneof(raw, text, oneByte)
      .filter((bytes) => ![".", ".."].includes(bytes.toString("latin1")));
    const path = fc
      .array(name, { minLength: 1, maxLength: 3 })
      .map((parts) =>
        Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from("/"), part]))),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(path, { minLength: 1, maxLength: 12 }), async (paths) => {
        const folder = mkdtempSync(join(dir, "names-"));
        const expected = new Set<string>();
        for (const each of paths) {
          mkdirSync(Buffer.concat([Buffer.from(`${folder}/`), each]), { recursive: true });
          const parts = each.toString("latin1").split("/");
          for (let count = 1; count <= parts.length; count += 1)
            expected.add(parts.slice(0, count).join("/"));
        }
        const found: string[] = [];
        const options = { folder, space, tar, below: tree(), overlayXattrs: "trusted" } as const;
        for await (const entries of readChanges(options)) for (const { path } of entries) found.push(path);
        expect(found.toSorted(compareTreePaths)).toEqual(found);
        expect(found.length).toBe(expected.size);
        const kinds = found.map((path) => [path, "directory"]);
        expect([...(await listNames({ folder }))]).toEqual(kinds);
        expect([...(await tarNames({ folder, space, tar }))]).toEqual(kinds);
      }),
      { numRuns: 60 },
    );
  });
});

import { spawnSync } from "node:child_process";
import {
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type DiffId, digestHex, digestOf } from "@oci-build/oci";
import { emptyFileTree } from "@oci-build/snapshot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tarBytes } from "../../../snapshot/src/testing/tar-bytes.js";
import { treeEntries } from "../../../snapshot/src/testing/tree-lines.js";
import { folderLines } from "../../test/support/tar-lines.js";
import { isRoot, rootSpace, testPrograms } from "../../test/support/test-space.js";
import type { RootFileSystem, RootLayer } from "../executor.js";
import { ownedName } from "../process/owned-name.js";
import { UnpackedLayers } from "./unpacked-layers.js";

interface TestLayer extends RootLayer {
  opened: number;
}

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "unpacked-"));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

function layers(): UnpackedLayers {
  return new UnpackedLayers({ dir, space: rootSpace, programs: testPrograms, overlayXattrs: "trusted" });
}

function layerOfTar(tar: Buffer): TestLayer {
  const layer = {
    diffId: digestOf(tar) as string as DiffId,
    opened: 0,
    async *open() {
      layer.opened += 1;
      for (let at = 0; at < tar.length; at += 700) yield await Promise.resolve(tar.subarray(at, at + 700));
    },
  };
  return layer;
}

const layerOf = (...lines: readonly string[]): TestLayer => layerOfTar(tarBytes(...lines));

/** A root of layers, each the lines of a tree, where whiteouts are `whiteout` lines. */
function rootOf(...stack: readonly (readonly string[])[]): RootFileSystem {
  const empty = emptyFileTree(() => expect.unreachable());
  const tree = stack.reduce((below, lines) => below.applyEntries(treeEntries(...lines)), empty);
  return { tree, layers: stack.map((lines) => layerOf(...lines.map(asMember))) };
}

function asMember(line: string): string {
  return line
    .replace(
      /^whiteout (.*\/)?([^/]+)$/,
      (_, parent: string | undefined, name: string) => `file ${parent ?? ""}.wh.${name} 0644 ''`,
    )
    .replace(/^opaque (.+)$/, "file $1/.wh..wh..opq 0644 ''")
    .replace(/^opaque$/, "file .wh..wh..opq 0644 ''");
}

describe.runIf(isRoot)("UnpackedLayers (skipped: needs root)", () => {
  it("unpacks what a layer can hold", async () => {
    const layer = layerOf(
      "dir . 0700 5:6 @7",
      "dir bin 0555 1:2 @1500000000",
      "file bin/su 04755 0:7 @-5 'x'",
      "hardlink bin/sudo -> bin/su",
      "dir tmp 01777 @3",
      "file tmp/cap 0755 @4 security.capability=\u0001\u0000\u0000\u0002\u0000\u0004\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000 'c'",
      "fifo tmp/f 0600 70000:80000 @5",
      "link abs 3:4 @9 -> /etc/passwd",
      "char null 0666 @1 1,3",
      "file .wh.gone 0644 ''",
      "file kept 0400 @1 user.note=v user.a%3Db=w 'k'",
    );
    expect(await folderLines(await layers().folder(layer))).toEqual([
      "directory  700 5:6 @7",
      "symlink abs 777 3:4 @9 -> /etc/passwd",
      "directory bin/ 555 1:2 @1500000000",
      "file bin/su 4755 0:7 @-5 x",
      "hardlink bin/sudo 4755 0:7 @-5 -> ./bin/su",
      "character-device gone 0 0,0",
      "file kept 400 @1 user.a%253Db=w user.note=v k",
      "character-device null 666 @1 1,3",
      "directory tmp/ 1777 @3",
      "file tmp/cap 755 @4 security.capability=\u0001\0\0\u0002\0\u0004\0\0\0\0\0\0\0\0\0\0\0\0\0\0 c",
      "fifo tmp/f 600 70000:80000 @5",
    ]);
  });

  it("keeps names that look like options, patterns or lines, and bytes that are no text", async () => {
    const names = [
      "-rf",
      "--checkpoint=1",
      "a\\nb",
      "a*",
      "\\\\x",
      "\\xff\\xfe",
      "ü",
      "%2F",
      "@list",
      " ",
      "n".repeat(255),
      "=x=",
    ];
    const folder = await layers().folder(layerOf(...names.map((name) => `file 'd/${name}' 0644 'x'`)));
    const found = readdirSync(Buffer.from(join(folder, "d")), { encoding: "buffer" }).map((name) =>
      name.toString("latin1"),
    );
    const expected = [...names.filter((name) => !/[\\ü]/.test(name)), "a\nb", "\\x", "\xff\xfe", "\xc3\xbc"];
    expect(found.sort()).toEqual(expected.sort());
  });

  it("keeps marks of deletion however the layer orders them", async () => {
    const folder = await layers().folder(
      layerOf(
        "dir d 0700 @9",
        "file d/x 0644 'x'",
        "file d/.wh..wh..opq 0644 ''",
        "dir d 0750 @8",
        "file e/.wh.f 0644 ''",
      ),
    );
    expect(await folderLines(folder)).toEqual([
      `directory  755 @${Math.floor(lstatSync(folder).mtimeMs / 1000)}`,
      "directory d/ 750 @8 trusted.overlay.opaque=y",
      "file d/x 644 x",
      "directory e/ 755",
      "character-device e/f 0 0,0",
    ]);
  });

  it("unpacks a layer once, for all that want it and for later processes", async () => {
    const layer = layerOf("file a 0644 'x'");
    const unpacked = layers();
    const folders = await Promise.all([
      unpacked.folder(layer),
      unpacked.folder(layer),
      layers().folder(layer),
    ]);
    expect(new Set(folders)).toEqual(new Set([join(dir, "root", digestHex(layer.diffId), "root")]));
    expect(layer.opened).toBe(2);
    await unpacked.folder(layer);
    await layers().folder(layer);
    expect(layer.opened).toBe(2);
    expect(readdirSync(join(dir, "root"))).toEqual([digestHex(layer.diffId)]);
  });

  it("notes when a layer was asked for", async () => {
    const layer = layerOf("file a 0644 'x'");
    const place = join(await layers().folder(layer), "..");
    utimesSync(place, 1, 1);
    await layers().folder(layer);
    expect(statSync(place).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
  });

  it("refuses a layer whose bytes are others, and leaves nothing of it", async () => {
    const layer = { ...layerOf("file a 0644 'x'"), diffId: layerOf("file b 0644 ''").diffId };
    const error = { code: "UNPACK_LAYER_MISMATCH", exitCode: 1, data: { expected: layer.diffId } };
    await expect(layers().folder(layer)).rejects.toMatchObject(error);
    expect(readdirSync(join(dir, "root"))).toEqual([]);
  });

  it("refuses a hostile layer, leaves nothing of it, and writes nowhere else", async () => {
    const outside = join(dir, "outside");
    mkdirSync(outside);
    const layer = layerOf("file a 0644 'x'", `link l -> ${outside}`, "file l/x 0644 'x'");
    await expect(layers().folder(layer)).rejects.toMatchObject({ code: "UNPACK_MEMBER_REFUSED" });
    expect(readdirSync(outside)).toEqual([]);
    expect(readdirSync(join(dir, "root"))).toEqual([]);
  });

  it("tells what tar said when it failed", async () => {
    const programs = { ...testPrograms, tar: "/bin/false" };
    const unpacked = new UnpackedLayers({ dir, space: rootSpace, programs, overlayXattrs: "trusted" });
    await expect(unpacked.folder(layerOf("file a 0644 'x'"))).rejects.toMatchObject({
      code: "UNPACK_FAILED",
      exitCode: 3,
      data: { status: 1 },
    });
    await expect(unpacked.folder(layerOf(`file a 0644 '${"x".repeat(2_000_000)}'`))).rejects.toMatchObject({
      code: "UNPACK_FAILED",
    });
  });

  it("goes on for those who still want a layer, and stops when nobody does", async () => {
    const tar = tarBytes("file a 0644 'x'");
    const gates: (() => void)[] = [];
    let stopped = 0;
    const slow: RootLayer = {
      diffId: digestOf(tar) as string as DiffId,
      async *open() {
        await new Promise<void>((resolve) => gates.push(resolve));
        try {
          yield tar;
        } finally {
          stopped += 1;
        }
      },
    };
    const unpacked = layers();
    const impatient = new AbortController();
    const first = unpacked.folder(slow, impatient.signal);
    const second = unpacked.folder(slow);
    impatient.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    await expect.poll(() => gates.length).toBe(1);
    gates[0]?.();
    expect(await folderLines(await second)).toContain("file a 644 x");
    expect(stopped).toBe(1);
    rmSync(join(dir, "root"), { recursive: true });
    const alone = new AbortController();
    const third = unpacked.folder(slow, alone.signal);
    await expect.poll(() => gates.length).toBe(2);
    alone.abort(new Error("enough"));
    await expect(third).rejects.toThrow("enough");
    gates[1]?.();
    await unpacked.stop(new Error("end"));
    expect(readdirSync(join(dir, "root"))).toEqual([]);
  });

  it("stops at once when its source has nothing to give", async () => {
    const tar = tarBytes("file a 0644 'x'");
    let waits = 0;
    const stuck: RootLayer = {
      diffId: digestOf(tar) as string as DiffId,
      async *open() {
        yield tar.subarray(0, 512);
        waits += 1;
        await new Promise<never>(() => undefined);
      },
    };
    const unpacked = layers();
    const asking = unpacked.folder(stuck).catch((error: unknown) => error);
    await expect.poll(() => waits).toBe(1);
    const started = performance.now();
    const reason = new Error("enough");
    await unpacked.stop(reason);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(await asking).toBe(reason);
    expect(readdirSync(join(dir, "root"))).toEqual([]);
  });

  it("removes what ended processes left, and nothing of others", async () => {
    const [kernel, , start, random] = ownedName().split("-");
    const ended = `aside-${kernel}-${spawnSync("true").pid}-${start}-${random}`;
    const own = `aside-${ownedName()}`;
    const young = `aside-${"0".repeat(16)}-1-1-${random}`;
    const old = `aside-${"1".repeat(16)}-1-1-${random}`;
    for (const name of [ended, own, young, old]) mkdirSync(join(dir, "root", name, "x"), { recursive: true });
    utimesSync(join(dir, "root", old), 1, 1);
    const layer = layerOf("file a 0644 'x'");
    await layers().folder(layer);
    expect(readdirSync(join(dir, "root")).sort()).toEqual([own, young, digestHex(layer.diffId)].sort());
  });

  it.each([
    ["whose note a crash cut short", '{"implied":'],
    [
      "that an earlier boot may not have written in full",
      '{"implied":[],"hidesAll":false,"unwrittenIn":"x"}',
    ],
  ])("makes a layer again %s", async (_, note) => {
    const layer = layerOf("file a 0644 'x'");
    const folder = await layers().folder(layer);
    writeFileSync(join(folder, "..", "layer.json"), note);
    writeFileSync(join(folder, "a"), "");
    expect(await layers().folder(layer)).toBe(folder);
    expect(await folderLines(folder)).toContain("file a 644 x");
    expect(layer.opened).toBe(2);
  });

  it("keeps a layer that an earlier boot has had the time to write", async () => {
    const layer = layerOf("file a/b 0644 'x'");
    const note = join(await layers().folder(layer), "..", "layer.json");
    expect(readFileSync(note, "utf8")).toContain("unwrittenIn");
    utimesSync(note, Date.now() / 1000 - 61, Date.now() / 1000 - 61);
    await layers().folder(layer);
    const changedNs = String(lstatSync(join(note, "..", "root"), { bigint: true }).ctimeNs);
    expect(JSON.parse(readFileSync(note, "utf8"))).toEqual({ implied: ["a"], hidesAll: false, changedNs });
    await layers().folder(layer);
    expect(layer.opened).toBe(1);
  });

  it("makes a layer again whose owners somebody else has set since", async () => {
    const layer = layerOf("file a 0644 1:2 'x'");
    const folder = await layers().folder(layer);
    // More than a tick of the file system's clock, which is what shows it.
    await delay(20);
    chownSync(join(folder, "a"), 5, 5);
    chownSync(folder, 5, 5);
    expect(await layers().folder(layer)).toBe(folder);
    expect(layer.opened).toBe(2);
    expect(lstatSync(join(folder, "a"))).toMatchObject({ uid: 1, gid: 2 });
    await layers().folder(layer);
    expect(layer.opened).toBe(2);
  });

  it("makes a layer again that was removed", async () => {
    const layer = layerOf("file a 0644 'x'");
    const unpacked = layers();
    rmSync(join(await unpacked.folder(layer), ".."), { recursive: true });
    expect(await folderLines(await unpacked.folder(layer))).toContain("file a 644 x");
  });
});

describe.runIf(isRoot)("UnpackedLayers.folders (skipped: needs root)", () => {
  /** What overlayfs shows of a root, but for its root directory. */
  async function mounted(root: RootFileSystem): Promise<readonly string[]> {
    const folders = await layers().folders(root);
    for (const name of ["upper", "work", "merged"]) mkdirSync(join(dir, name));
    const lower = folders.toReversed().join(":");
    const options = `lowerdir=${lower},upperdir=${join(dir, "upper")},workdir=${join(dir, "work")}`;
    const merged = join(dir, "merged");
    const mount = spawnSync("mount", ["-t", "overlay", "overlay", "-o", options, merged]);
    if (mount.status !== 0) throw new Error(mount.stderr.toString());
    try {
      return (await folderLines(merged)).slice(1);
    } finally {
      spawnSync("umount", [merged]);
    }
  }

  it("shows directories as the layers below have them that a layer does not describe", async () => {
    const root = rootOf(
      ["dir tmp 01777 1:2 @5 user.k=v", "dir usr 0755 @6", "dir usr/lib 0700 @7", "dir plain 0755 @0"],
      ["file tmp/a 0644 'a'", "file usr/lib/b 0644 'b'", "file plain/c 0644 'c'", "file new/deep/d 0644 'd'"],
    );
    expect(await mounted(root)).toEqual([
      "directory new/ 755",
      "directory new/deep/ 755",
      "file new/deep/d 644 d",
      "directory plain/ 755",
      "file plain/c 644 c",
      "directory tmp/ 1777 1:2 @5 user.k=v",
      "file tmp/a 644 a",
      "directory usr/ 755 @6",
      "directory usr/lib/ 700 @7",
      "file usr/lib/b 644 b",
    ]);
  });

  it("shows those above such directories as they are, too", async () => {
    const root = rootOf(["dir a 0711 @5", "dir a/b 0700 @6"], ["dir a 0750 1:2 @7", "file a/b/c 0644 'c'"]);
    expect(await mounted(root)).toEqual([
      "directory a/ 750 1:2 @7",
      "directory a/b/ 700 @6",
      "file a/b/c 644 c",
    ]);
  });

  it("needs no further layer where all directories look as they should", async () => {
    const root = rootOf(["dir a 0755 @0"], ["file a/b 0644 'x'"]);
    expect(await layers().folders(root)).toHaveLength(2);
  });

  it("makes one further layer for two roots that need the same", async () => {
    const [a, b] = [
      rootOf(["dir d 0700"], ["file d/b 0644 'x'"]),
      rootOf(["dir d 0700"], ["file d/b 0644 'y'"]),
    ];
    const found = [await layers().folders(a), await layers().folders(b)].map((folders) => folders.at(-1));
    expect(found[0]).toBe(found[1]);
  });

  it("shows deletions, directories made anew, and what a higher layer has instead of a directory", async () => {
    const root = rootOf(
      [
        "dir d 0700 @1",
        "file d/old 0644 'o'",
        "dir e 0700 @1",
        "file e/old 0644 'o'",
        "file f 0644 'f'",
        "file g/h 0644 'g'",
      ],
      ["whiteout d", "dir d 0711 @2", "file d/new 0644 'n'", "opaque e", "whiteout f", "link g 0777 -> e"],
    );
    expect(await mounted(root)).toEqual([
      "directory d/ 711 @2",
      "file d/new 644 n",
      "directory e/ 700 @1",
      "symlink g 777 -> e",
    ]);
  });

  it("shows nothing below a layer that hides all", async () => {
    const stack = [["file a 0644 'a'"], ["file b 0644 'b'"], ["file c 0644 'c'"]];
    const root = rootOf(...stack);
    const hiding = layerOf("file .wh..wh..opq 0644 ''", "file b 0644 'b'");
    const [bottom, , top] = root.layers;
    if (bottom === undefined || top === undefined) expect.unreachable();
    const tree = rootOf(...stack.slice(1)).tree;
    expect(await mounted({ layers: [bottom, hiding, top], tree })).toEqual(["file b 644 b", "file c 644 c"]);
  });

  it("Differs: refuses a layer that has files below a link of another layer", async () => {
    const root = rootOf(["dir usr/bin 0755", "link bin -> usr/bin"], ["file bin/x 0755 'x'"]);
    await expect(layers().folders(root)).rejects.toMatchObject({
      code: "UNPACK_LAYER_THROUGH_LINK",
      exitCode: 1,
      data: { path: "bin" },
    });
  });

  it("stacks no folder twice where a layer says just what is to be set right", async () => {
    const root = rootOf(["dir app 0755 @5"], ["file app/x 0644 'x'"]);
    expect(new Set(await layers().folders(root)).size).toBe(2);
    expect(await mounted(root)).toEqual(["directory app/ 755 @5", "file app/x 644 x"]);
  });

  it("shows what the upper one of two equal layers says", async () => {
    const twice = ["dir d 0700 @5", "file d/x 0644 'x'", "whiteout d/y", "opaque e"];
    const root = rootOf(
      ["file d/y 0644 'below'", "file e/f 0644 'below'"],
      twice,
      ["dir d 0711 @6", "file d/x 0600 'z'", "file d/y 0644 'y'", "file d/z 0644 'z'", "file e/g 0644 'g'"],
      twice,
    );
    const folders = await layers().folders(root);
    expect(new Set(folders).size).toBe(folders.length);
    expect(await mounted(root)).toEqual([
      "directory d/ 700 @5",
      "file d/x 644 x",
      "file d/z 644 z",
      "directory e/ 755",
    ]);
  });

  it("takes 130 layers", async () => {
    const stack = Array.from({ length: 130 }, (_, index) => [`file f${index} 0644 '${index}'`]);
    expect(await layers().folders(rootOf(...stack))).toHaveLength(130);
  });
});

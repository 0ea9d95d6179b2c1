import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { encodeEntryHeader, isOciBuildError, type OciBuildError } from "@oci-build/oci";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { diffSnapshots } from "../diff/diff-snapshots.js";
import { tarBytes } from "../testing/tar-bytes.js";
import { readFileBytes, tree, treeLines } from "../testing/tree-lines.js";
import { type ScanTarOptions, scanTar } from "./scan-tar.js";
import type { TarSnapshot } from "./scan-tar-snapshot.js";

function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-scan-tar-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function tarFile(bytes: Uint8Array): string {
  const file = path.join(temporaryFolder(), "a.tar");
  fs.writeFileSync(file, bytes);
  return file;
}

async function* stream(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunks;
}

async function scan(options: ScanTarOptions): Promise<TarSnapshot> {
  const snapshot = await scanTar(options);
  onTestFinished(() => snapshot[Symbol.asyncDispose]());
  return snapshot;
}

const linesOf = async (...lines: readonly string[]): Promise<readonly string[]> =>
  treeLines(await scan({ tar: stream(tarBytes(...lines)) }));

async function failure(work: () => unknown): Promise<OciBuildError> {
  try {
    await work();
  } catch (error) {
    if (isOciBuildError(error)) return error;
    throw error;
  }
  throw new Error("did not fail");
}

/** How many files this process has open below a folder, also those without a name. */
function openBelow(folder: string): number {
  const links = fs.readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [fs.readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
  return links.filter((link) => link.startsWith(`${fs.realpathSync(folder)}/`)).length;
}

describe("scanTar", () => {
  it.each([
    ["the last of members with one name", ["file a 0600 'x'", "file a 0644 'yz'"], ["file a 0644 'yz'"]],
    [
      "a file in place of a directory and all below",
      ["dir d", "file d/a 0644 ''", "file d 0644 'x'"],
      ["file d 0644 'x'"],
    ],
    [
      "members of a directory that comes twice",
      ["dir d 0755", "file d/a 0644 ''", "dir d 0700"],
      ["dir d 0700", "file d/a 0644 ''"],
    ],
    [
      "directories that are missing",
      ["file d/e/a 0644 ''"],
      ["dir d 0755", "dir d/e 0755", "file d/e/a 0644 ''"],
    ],
    [
      "names in any way to write them",
      ["file ./a 0644 ''", "file //b/../c 0644 ''"],
      ["file a 0644 ''", "file c 0644 ''"],
    ],
    [
      "what lies behind a link, inside the tree",
      ["link l -> /d", "file l/a 0644 'x'"],
      ["dir d 0755", "file d/a 0644 'x'", "link l -> /d"],
    ],
    [
      "whiteouts of layers as files",
      ["dir d 0755", "file d/.wh.a 0644 ''", "file d/.wh..wh..opq 0644 ''"],
      ["dir d 0755", "file d/.wh..wh..opq 0644 ''", "file d/.wh.a 0644 ''"],
    ],
    [
      "hard links of a file that another one replaced",
      ["file a 0644 'x'", "hardlink b -> a", "file a 0644 'y'", "hardlink c -> ./a"],
      ["file a 0644 'y'", "file b 0644 'x'", "hardlink c -> a"],
    ],
    [
      "further names of what is no file",
      ["link l -> x", "hardlink m -> l", "char c 1,3", "hardlink d -> c", "fifo f 0600", "hardlink g -> f"],
      ["char c 0644 1,3", "char d 0644 1,3", "fifo f 0600", "fifo g 0600", "link l -> x", "link m -> x"],
    ],
    ["owners and attributes", ["dir d 0755 1:2 user.a=b"], ["dir d 0755 1:2 user.a=b"]],
    ["bytes of names", ["file 'a\\xff' 0644 'x'"], ["file a\udcff 0644 'x'"]],
    ["nothing", [], []],
  ])("finds %s", async (_, lines, found) => {
    expect(await linesOf(...lines)).toEqual(found);
  });

  it("gives links mode 0777, whatever their writer's system says", async () => {
    const bytes = tarBytes("link l -> x");
    bytes.write("0000755\0", 100, "latin1");
    bytes.write("        ", 148, "latin1");
    const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    expect((await scan({ tar: stream(bytes) })).get("l")?.mode).toBe(0o777);
  });

  it("reads no file's bytes", async () => {
    const size = 2 ** 40;
    const header = encodeEntryHeader({ type: "file", path: "a", mode: 0, uid: 0, gid: 0, mtimeSec: 0, size });
    const file = tarFile(header);
    fs.truncateSync(file, header.length + size);
    const snapshot = await scan({ tar: file, maxBytes: 2 * size });
    expect(snapshot.get("a")).toMatchObject({ size });
    expect(snapshot.hashed).toEqual({ files: 0, bytes: 0 });
  });

  it.each([
    ["an owner", "file a 0644 4294967296:0 ''"],
    ["a group", "dir a 0755 0:4294967296"],
  ])("refuses %s of more than 32 bits, unless it is replaced", async (_, line) => {
    const tar = tarFile(tarBytes(line));
    expect((await failure(() => scan({ tar }))).code).toBe("SNAPSHOT_LAYER_INVALID");
    expect((await scan({ tar, owners: { uid: 1, gid: 2 } })).get("a")).toMatchObject({ uid: 1, gid: 2 });
  });

  it("gives directories that are missing the owner of all, too", async () => {
    const tar = stream(tarBytes("file d/a 0644 3:4 'x'"));
    expect((await scan({ tar, owners: { uid: 7, gid: 8 } })).get("d")).toMatchObject({ uid: 7, gid: 8 });
  });

  it("gives the same tree whether members are placed by columns or one by one", async () => {
    const kinds = [
      "dir % 0700 user.a=b",
      "dir % 0755",
      "file % 0644 @5 'x'",
      "file % 0600 1:2 'yz' user.a=b",
      "link % -> a",
      "hardlink % -> a",
      "hardlink % -> b/a",
      "char % 1,3",
    ];
    const names = ["a", "b", "c", "a/a", "b/a", "b/b", "./b/a", "b/../c", "b/c/a", "/d", "./", "b/.."];
    const line = fc
      .tuple(fc.constantFrom(...kinds), fc.constantFrom(...names))
      .map(([kind, name]) => kind.replace("%", name));
    // What comes twice has to be placed member by member.
    const twice = ["file zz 0644 ''", "file zz 0644 ''"];
    const found = async (lines: readonly string[]) => {
      try {
        await using snapshot = await scanTar({ tar: stream(tarBytes(...lines)) });
        return [snapshot.get(""), ...(await treeLines(snapshot)).filter((text) => !/ zz /.test(text))];
      } catch (error) {
        if (isOciBuildError(error)) return error.code;
        throw error;
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 6 }), async (lines) => {
        expect(await found(lines)).toEqual(await found([...lines, ...twice]));
      }),
      { numRuns: 150 },
    );
  });

  it("gives all entries one owner when asked", async () => {
    const tar = stream(tarBytes("dir d 0755 1:2", "file d/a 0644 3:4 'x'", "hardlink b -> d/a"));
    const snapshot = await scan({ tar, owners: { uid: 7, gid: 8 } });
    expect(Array.from(snapshot.entries(), ({ uid, gid }) => `${uid}:${gid}`)).toEqual(["7:8", "7:8", "7:8"]);
  });

  it.each([
    ["a name that leads out", "TAR_PATH_UNSAFE", ["file ../a 0644 ''"]],
    ["a hard link that leads out", "TAR_PATH_UNSAFE", ["hardlink a -> ../b"]],
    ["a hard link to nothing", "SNAPSHOT_LAYER_INVALID", ["hardlink a -> b"]],
    ["a member below a file", "SNAPSHOT_LAYER_INVALID", ["file a 0644 ''", "file a/b 0644 ''"]],
    ["links that lead to themselves", "SNAPSHOT_LINK_LOOP", ["link a -> a", "file a/b 0644 ''"]],
  ])("refuses %s", async (_, code, lines) => {
    expect((await failure(() => scan({ tar: stream(tarBytes(...lines)) }))).code).toBe(code);
  });

  it.each([
    ["nothing", (folder: string) => path.join(folder, "none")],
    ["a directory", (folder: string) => folder],
  ])("refuses %s at the path of the archive", async (_, place) => {
    expect((await failure(() => scan({ tar: place(temporaryFolder()) }))).code).toBe("SNAPSHOT_ROOT_INVALID");
  });

  it("says where an archive cannot be unpacked to", async () => {
    const temporaryDirectory = path.join(temporaryFolder(), "none");
    const error = await failure(() => scan({ tar: stream(tarBytes()), temporaryDirectory }));
    expect([error.code, error.data]).toEqual([
      "SNAPSHOT_SPOOL_FAILED",
      { directory: temporaryDirectory, systemCode: "ENOENT" },
    ]);
  });

  it("takes no more bytes and members than it may", async () => {
    const bytes = tarBytes("file a 0644 'x'", "file b 0644 'x'");
    for (const limit of [{ maxBytes: 1024 }, { maxMembers: 1 }]) {
      for (const tar of [tarFile(bytes), tarFile(gzipSync(bytes)), stream(bytes)]) {
        expect((await failure(() => scan({ tar, ...limit }))).code).toBe("TAR_LIMIT_EXCEEDED");
      }
    }
  });

  it("stops with the signal's reason", async () => {
    const reason = new Error("enough");
    const controller = new AbortController();
    async function* tar() {
      yield tarBytes("file a 0644 'x'").subarray(0, 512);
      controller.abort(reason);
      yield Buffer.alloc(512);
    }
    await expect(scanTar({ tar: tar(), signal: controller.signal })).rejects.toBe(reason);
    await expect(scanTar({ tar: "none", signal: controller.signal })).rejects.toBe(reason);
  });

  it.each([
    ["grew", (file: string) => fs.appendFileSync(file, "more"), ["size", "mtime", "ctime"]],
    ["has other bytes and its old time", rewriteKeepingTimes, ["ctime"]],
  ])("gives no bytes of an archive that %s", async (_, change, changed) => {
    const file = tarFile(tarBytes("file a 0644 'text'", "file e 0644 ''"));
    const snapshot = await scan({ tar: file });
    expect((await readFileBytes(snapshot, "a")).toString()).toBe("text");
    change(file);
    for (const name of ["a", "e"]) {
      const error = await failure(() => readFileBytes(snapshot, name));
      expect(error.code).toBe("SNAPSHOT_FILE_CHANGED");
      expect(error.data["path"]).toBe(name);
      expect(error.data["changed"]).toEqual(expect.arrayContaining(changed));
      expect((await failure(async () => snapshot.fileDigest(name))).code).toBe("SNAPSHOT_FILE_CHANGED");
    }
  });

  it("refuses an archive that changes while it is scanned", async () => {
    const file = tarFile(tarBytes("file a 0644 'text'"));
    const { signal } = new AbortController();
    let looks = 0;
    // The second look is behind the first chunk.
    signal.throwIfAborted = () => {
      looks += 1;
      if (looks === 2) fs.appendFileSync(file, "more");
    };
    const error = await failure(() => scan({ tar: file, signal }));
    expect([error.code, error.data["path"]]).toEqual(["SNAPSHOT_FILE_CHANGED", ""]);
  });

  it("does not need the file of a compressed archive any more", async () => {
    const file = tarFile(gzipSync(tarBytes("file a 0644 'text'")));
    const snapshot = await scan({ tar: file });
    fs.writeFileSync(file, "something else");
    expect((await readFileBytes(snapshot, "a")).toString()).toBe("text");
  });

  it("gives the bytes of files larger than what is read at once, also to readers that take turns", async () => {
    const [a, b] = [Buffer.alloc(3_000_000, "abc"), Buffer.alloc(100, "de")];
    const lines = [`file a 0644 '${a.toString()}'`, `file b 0644 '${b.toString()}'`];
    const snapshot = await scan({ tar: stream(tarBytes(...lines)) });
    const before = tree(...lines);
    expect(await snapshot.fileDigest("a")).toBe(await before.fileDigest("a"));
    expect(snapshot.hashed).toEqual({ files: 1, bytes: 3_000_000 });
    const readers = [await snapshot.openFile("a"), await snapshot.openFile("b")];
    const [first, second] = [Buffer.alloc(10), Buffer.alloc(10)];
    await readers[0]?.read(first);
    await readers[1]?.read(second);
    await readers[0]?.read(first);
    expect([first.toString(), second.toString()]).toEqual(["bcabcabcab", "dededededed".slice(0, 10)]);
  });

  it("hashes a file once, whatever it is called", async () => {
    const snapshot = await scan({ tar: tarFile(tarBytes("file a 0644 'x'", "hardlink b -> a")) });
    const digests = await Promise.all([snapshot.fileDigest("a"), snapshot.fileDigest("b")]);
    expect(digests[0]).toBe(digests[1]);
    expect(snapshot.hashed).toEqual({ files: 1, bytes: 1 });
  });

  it("reads nothing more once it was disposed of, and keeps what it knows", async () => {
    const snapshot = await scan({ tar: tarFile(tarBytes("file a 0644 'x'", "file b 0644 'y'")) });
    const digest = await snapshot.fileDigest("a");
    const reader = await snapshot.openFile("b");
    await snapshot[Symbol.asyncDispose]();
    await snapshot[Symbol.asyncDispose]();
    expect(snapshot.get("b")).toMatchObject({ type: "file", size: 1 });
    expect(await snapshot.fileDigest("a")).toBe(digest);
    for (const read of [() => reader.read(new Uint8Array(8)), () => readFileBytes(snapshot, "b")]) {
      expect((await failure(read)).code).toBe("SNAPSHOT_FILE_UNREADABLE");
    }
  });

  it("leaves no file behind and none open", async ({ skip }) => {
    skip(process.platform !== "linux", "open files are counted in /proc");
    const folder = temporaryFolder();
    const file = path.join(folder, "a.tar");
    const options = { temporaryDirectory: folder };
    const good = tarBytes("file a 0644 'x'");
    const bad = tarBytes("file ../a 0644 'x'");
    for (const bytes of [good, gzipSync(good)]) {
      fs.writeFileSync(file, bytes);
      const snapshot = await scan({ tar: file, ...options });
      expect([openBelow(folder), fs.readdirSync(folder)]).toEqual([1, ["a.tar"]]);
      await snapshot[Symbol.asyncDispose]();
      expect(openBelow(folder)).toBe(0);
    }
    for (const bytes of [bad, gzipSync(bad), gzipSync(good).subarray(0, 30), good.subarray(0, 512)]) {
      fs.writeFileSync(file, bytes);
      for (const tar of [file, stream(bytes)]) {
        await failure(() => scan({ tar, ...options }));
        expect([openBelow(folder), fs.readdirSync(folder)]).toEqual([0, ["a.tar"]]);
      }
    }
  });

  it("gives the tree that a tar was made of, in whatever order its members stand", async () => {
    const kinds = [
      "dir %",
      "file % 0644 @5 'x'",
      "file % 0600 1:2 'yz' user.a=b",
      "link % -> a",
      "fifo % 0600",
    ];
    const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f"), { maxLength: 6 });
    const lines = names.chain((paths) =>
      fc.tuple(...paths.map((name) => fc.constantFrom(...kinds).map((kind) => kind.replace("%", name)))),
    );
    await fc.assert(
      fc.asyncProperty(lines, fc.boolean(), async (all, isBackwards) => {
        await using snapshot = await scanTar({
          tar: stream(tarBytes(...(isBackwards ? all.toReversed() : all))),
        });
        expect(await diffSnapshots(tree(...all), snapshot, { times: "compare" })).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});

function rewriteKeepingTimes(file: string): void {
  const { atime, mtime } = fs.statSync(file);
  const bytes = fs.readFileSync(file);
  bytes.write("TEXT", 512);
  fs.writeFileSync(file, bytes);
  fs.utimesSync(file, atime, mtime);
}

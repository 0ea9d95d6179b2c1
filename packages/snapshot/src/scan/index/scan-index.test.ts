import fs from "node:fs";
import path from "node:path";
import { setAttributeSync } from "@napi-rs/xattr";
import { digestHex, digestOf } from "@oci-build/oci";
import { Volume } from "memfs";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../../../test/temporary-directory.js";
import { parseIgnoreFile } from "../../patterns/ignore-file.js";
import { compilePatterns } from "../../patterns/pattern-matcher.js";
import { MemoryIndexStore } from "../../testing/memory-index-store.js";
import { writeTree } from "../../testing/write-tree.js";
import { hashFiles } from "../hash-files.js";
import { type ScanOptions, type ScanResult, scanDirectory } from "../scan-directory.js";
import type { ScanIndexOptions } from "./scan-index.js";

const lines = [
  "dir d 0755",
  "file d/one 0644 'first'",
  "file d/two 0644 'other'",
  "dir d/empty 0700",
  "link d/l -> one",
  "file z 0600 'last'",
];

/** Later than everything these tests write, by more than the racy rule asks for. */
const later = (): number => Date.now() + 60_000;

interface Context {
  readonly root: string;
  readonly store: MemoryIndexStore;
  /** Scans, hashes all files and saves the index. */
  build(index?: Partial<ScanIndexOptions>, options?: Partial<ScanOptions>): Promise<Built>;
  file(name: string): string;
}

interface Built extends ScanResult {
  readonly hashed: number;
  readonly saved: "saved" | "unchanged" | undefined;
}

async function context(...tree: readonly string[]): Promise<Context> {
  const root = fs.realpathSync(await temporaryDirectory());
  const store = new MemoryIndexStore();
  writeTree(fs, root, ...tree);
  const build: Context["build"] = async (index = {}, options = {}) => {
    const how = { store, now: later, isTrusted: () => true, ...index };
    const owners = { uid: 0, gid: 0 };
    const result = await scanDirectory({ root, owners, xattrs: "skip", index: how, ...options });
    await hashAll(result);
    const saved = await result.index?.save();
    return { ...result, hashed: result.snapshot.hashed.files, saved };
  };
  return { root, store, build, file: (name) => path.join(root, name) };
}

async function hashAll({ snapshot }: ScanResult): Promise<void> {
  const files = [...snapshot.entries()].filter(({ type }) => type === "file");
  await hashFiles(
    snapshot,
    files.map((entry) => entry.path),
  );
}

/** More than a tick of the file system's clock: Linux's is 4 ms. */
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

function editKeepingTimes(file: string, text: string): void {
  const { atime, mtime } = fs.statSync(file);
  fs.writeFileSync(file, text);
  fs.utimesSync(file, atime, mtime);
}

describe("a scan with the index of an earlier one", () => {
  it("hashes, reads and writes nothing when nothing changed", async () => {
    const { build } = await context(...lines);
    expect(await build()).toMatchObject({ hashed: 3, saved: "saved" });
    const again = await build();
    expect(again).toMatchObject({ hashed: 0, saved: "unchanged" });
    expect(again.snapshot.work).toEqual({
      entriesStatted: 7,
      directoriesRead: 0,
      xattrsRead: 0,
      digestsFromIndex: 3,
    });
    expect(again.snapshot.fileDigest("d/one")).toBe(digestOf("first"));
    expect(again.snapshot.get("d/l")).toMatchObject({ target: "one" });
  });

  it.each<[string, (file: string) => void, string]>([
    ["was written", (file) => fs.writeFileSync(file, "new"), "new"],
    ["was written with the same size", (file) => fs.writeFileSync(file, "FIRST"), "FIRST"],
    [
      "was written with the same size and its mtime restored",
      (file) => editKeepingTimes(file, "FIRST"),
      "FIRST",
    ],
    ["was touched", (file) => fs.utimesSync(file, 1, 1), "first"],
    ["got another mode", (file) => fs.chmodSync(file, 0o600), "first"],
    [
      "was replaced by another with the same size and mtime",
      (file) => {
        const { atime, mtime } = fs.statSync(file);
        fs.writeFileSync(`${file}.new`, "FIRST");
        fs.utimesSync(`${file}.new`, atime, mtime);
        fs.renameSync(`${file}.new`, file);
      },
      "FIRST",
    ],
  ])("hashes one file that %s", async (_, edit, text) => {
    const { build, file } = await context(...lines);
    await build();
    await tick();
    edit(file("d/one"));
    const { snapshot, hashed, saved } = await build();
    expect(snapshot.fileDigest("d/one")).toBe(digestOf(text));
    expect({ hashed, saved }).toEqual({ hashed: 1, saved: "saved" });
    expect((await build()).hashed).toBe(0);
  });

  it.each<[string, (file: (name: string) => string) => void, string[]]>([
    ["a file that is new", (file) => fs.writeFileSync(file("d/new"), ""), ["+d/new"]],
    ["a file that is gone", (file) => fs.rmSync(file("d/one")), ["-d/one"]],
    [
      "a directory that is gone",
      (file) => fs.rmSync(file("d"), { recursive: true }),
      ["-d", "-d/empty", "-d/l", "-d/one", "-d/two"],
    ],
    ["a renamed file", (file) => fs.renameSync(file("d/one"), file("d/three")), ["-d/one", "+d/three"]],
    ["a renamed directory", (file) => fs.renameSync(file("d/empty"), file("e")), ["-d/empty", "+e"]],
    [
      "a directory in the place of a file",
      (file) => {
        fs.rmSync(file("z"));
        fs.mkdirSync(file("z"));
        fs.writeFileSync(file("z/in"), "");
      },
      ["+z/in"],
    ],
  ])("sees %s", async (_, edit, expected) => {
    const { build, file } = await context(...lines);
    const before = pathsOf(await build());
    await tick();
    edit(file);
    const after = pathsOf(await build());
    const gone = before.filter((name) => !after.includes(name)).map((name) => `-${name}`);
    expect([...gone, ...after.filter((name) => !before.includes(name)).map((name) => `+${name}`)]).toEqual(
      expected,
    );
  });

  it("gives what a scan without one gives when an ignored directory is wanted again", async () => {
    const { build } = await context(...lines);
    const ignore = compilePatterns(parseIgnoreFile("d/empty\nd/two").patterns);
    expect((await build({ variant: "some" }, { ignore })).hashed).toBe(2);
    const all = await build({ variant: "none" });
    expect(pathsOf(all)).toEqual(["d", "d/empty", "d/l", "d/one", "d/two", "z"]);
    expect(all.hashed).toBe(1);
    expect((await build({ variant: "some" }, { ignore })).hashed).toBe(0);
  });

  it("knows hard links by each of their names", async () => {
    const { build } = await context("file b 0644 'x'", "hardlink c -> b");
    await build();
    expect((await build()).hashed).toBe(0);
    const { snapshot, hashed } = await build({}, { ignore: compilePatterns(["b"]) });
    expect([snapshot.fileDigest("c"), hashed]).toEqual([digestOf("x"), 0]);
  });

  it.runIf(process.platform === "linux")("knows names that are not UTF-8, and others", async () => {
    const { build } = await context(
      "dir 'd\\xff' 0755",
      "file 'd\\xff/\\xc3(' 0644 'a'",
      "file \u20ac 0644 'b'",
    );
    await build();
    const again = await build();
    expect(pathsOf(again)).toEqual(["\u20ac", "d\udcff", "d\udcff/\udcc3("].sort());
    expect(again.hashed).toBe(0);
    expect(again.snapshot.work.directoriesRead).toBe(0);
  });

  it("keeps extended attributes, and reads them again when they change", async ({ skip }) => {
    const { build, file } = await context(...lines);
    try {
      setAttributeSync(file("z"), "user.note", "text");
    } catch (error) {
      skip(`the temporary folder has no extended attributes: ${String(error)}`);
    }
    const read = { xattrs: "read" } as const;
    expect((await build({}, read)).snapshot.work.xattrsRead).toBe(7);
    const again = await build({}, read);
    expect(again.snapshot.work.xattrsRead).toBe(0);
    expect([...(again.snapshot.get("z")?.xattrs ?? [])]).toEqual([["user.note", Buffer.from("text")]]);
    await tick();
    setAttributeSync(file("z"), "user.note", "other");
    const third = await build({}, read);
    expect(third.snapshot.work.xattrsRead).toBe(1);
    expect([...(third.snapshot.get("z")?.xattrs ?? [])]).toEqual([["user.note", Buffer.from("other")]]);
  });

  it("takes digests from whoever read a file", async () => {
    const { root, store, build } = await context(...lines);
    const index = { store, now: later, isTrusted: () => true };
    const result = await scanDirectory({ root, owners: "keep", xattrs: "skip", index });
    result.snapshot.rememberDigest("z", digestOf("last"));
    await result.index?.save();
    expect((await build()).hashed).toBe(2);
  });

  it("is not used for volumes in memory", async () => {
    const { build } = await context();
    const volume = Volume.fromJSON({ "/a": "x" });
    expect((await build({}, { root: "/", fs: volume })).index).toBeUndefined();
  });
});

describe("the racy rule", () => {
  it("hashes a file again that was written less than 2 s before the scan", async () => {
    const { build, file, store } = await context("file a 0644 'x'");
    const writtenMs = fs.statSync(file("a")).ctimeMs;
    const at = (ms: number) => ({ now: () => Math.ceil(writtenMs) + ms });
    await build(at(1_990));
    expect(store.written).toBe(0);
    expect((await build(at(2_100))).hashed).toBe(1);
    expect((await build(at(2_200))).hashed).toBe(0);
  });

  it("does not let an edit hide in the tick of the clock in which the file was written", async () => {
    const { build, file } = await context("file a 0644 'x'");
    await build({ now: Date.now });
    editKeepingTimes(file("a"), "y");
    expect((await build()).snapshot.fileDigest("a")).toBe(digestOf("y"));
  });

  it("hashes a file whose mtime is in the future each time", async () => {
    const { build, file } = await context("file a 0644 'x'", "file b 0644 'x'");
    fs.utimesSync(file("a"), new Date(), new Date(Date.now() + 3_600_000));
    expect((await build()).hashed).toBe(2);
    expect(await build()).toMatchObject({ hashed: 1, saved: "unchanged" });
  });

  it("believes nothing that lies in the future of a clock that jumped back", async () => {
    const { build } = await context(...lines);
    await build();
    expect((await build({ now: () => Date.now() - 3_600_000 })).hashed).toBe(3);
    expect((await build()).hashed).toBe(0);
  });
});

describe("the trust in stats", () => {
  const untrusted = { isTrusted: () => false };

  it("is not given to a file system that is not known to move ctime", async () => {
    const { build, store } = await context(...lines);
    expect((await build(untrusted)).hashed).toBe(3);
    expect((await build(untrusted)).hashed).toBe(3);
    expect(store.written).toBe(0);
  });

  it("is given to all where that is asked for", async () => {
    const { build } = await context(...lines);
    const always = { ...untrusted, trust: "always" } as const;
    await build(always);
    expect((await build(always)).hashed).toBe(0);
    expect((await build(untrusted)).hashed).toBe(3);
  });

  it("is given to none where everything is to be read, which the next build may go by", async () => {
    const { build } = await context(...lines);
    await build();
    const verified = await build({ trust: "never" }, { xattrs: "read" });
    expect(verified.hashed).toBe(3);
    expect(verified.snapshot.work.directoriesRead).toBe(3);
    expect((await build()).hashed).toBe(0);
  });

  it("tells which files it would have been wrong about", async () => {
    const { build, store, root } = await context(...lines);
    await build();
    store.damage((bytes) => bytes.map((byte, at) => (isDigestOf("first", bytes, at) ? byte ^ 1 : byte)));
    expect((await build()).hashed).toBe(0);
    const verified = await build({ trust: "never" });
    expect(verified.index?.contradictions()).toEqual(["d/one"]);
    expect(verified.saved).toBe("saved");
    const index = { store, now: later, isTrusted: () => true, trust: "never" } as const;
    const again = await scanDirectory({ root, owners: "keep", xattrs: "skip", index });
    await hashAll(again);
    expect(again.index?.contradictions()).toEqual([]);
    expect((await build()).snapshot.fileDigest("d/one")).toBe(digestOf("first"));
  });

  it("is asked for once for each device", async () => {
    const { build } = await context(...lines);
    const asked: unknown[] = [];
    await build({ isTrusted: (native) => asked.push(native) > 0 });
    expect(asked).toHaveLength(1);
  });
});

/** Whether a byte lies in the digest of a text. */
function isDigestOf(text: string, bytes: Uint8Array, at: number): boolean {
  const start = Buffer.from(bytes).indexOf(Buffer.from(digestHex(digestOf(text)), "hex"));
  return at >= start && at < start + 32;
}

const pathsOf = ({ snapshot }: ScanResult): string[] => Array.from(snapshot.entries(), (entry) => entry.path);

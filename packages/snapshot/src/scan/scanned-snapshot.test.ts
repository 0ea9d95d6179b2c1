import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { digestOf } from "@oci-build/oci";
import { Volume } from "memfs";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../../test/temporary-directory.js";
import { bytesReader } from "../testing/tree-lines.js";
import { fileTreeOf } from "../tree/file-tree.js";
import { hashFiles } from "./hash-files.js";
import { scanDirectory } from "./scan-directory.js";
import type { ScannedSnapshot } from "./scanned-snapshot.js";

async function scan(root: string, volume?: Volume): Promise<ScannedSnapshot> {
  const owners = { uid: 0, gid: 0 };
  return (await scanDirectory({ root, fs: volume, owners, xattrs: "skip" })).snapshot;
}

/** Reads a file of four bytes to its end. */
function readWhole(snapshot: ScannedSnapshot, path: string): void {
  const reader = snapshot.openFile(path);
  if (!("read" in reader)) throw new Error("opened asynchronously");
  for (let read = 0; read < 4; ) read += Number(reader.read(new Uint8Array(1000)));
}

const changed = (attributes: readonly string[]): object => ({
  code: "SNAPSHOT_FILE_CHANGED",
  data: { path: "a", changed: expect.arrayContaining([...attributes]) },
});

/** What happens to file `a` (4 bytes) after the scan, and what must be noticed. */
const changes: readonly (readonly [
  name: string,
  attributes: readonly string[],
  change: (file: string) => void,
])[] = [
  ["grew", ["size"], (file) => fs.appendFileSync(file, "more")],
  ["shrank", ["size"], (file) => fs.truncateSync(file, 2)],
  ["was written with the same size", ["mtime"], (file) => fs.writeFileSync(file, "EDIT")],
  [
    "was written with the same size and its mtime restored",
    ["ctime"],
    (file) => {
      const { atime, mtime } = fs.statSync(file);
      fs.writeFileSync(file, "EDIT");
      fs.utimesSync(file, atime, mtime);
    },
  ],
  [
    "was replaced by another file",
    ["inode"],
    (file) => {
      fs.writeFileSync(`${file}.new`, "data");
      fs.renameSync(`${file}.new`, file);
    },
  ],
  [
    "was replaced by a link",
    ["type"],
    (file) => {
      fs.renameSync(file, `${file}.old`);
      fs.symlinkSync(`${file}.old`, file);
    },
  ],
  [
    "was replaced by a FIFO",
    ["type"],
    (file) => {
      fs.rmSync(file);
      execFileSync("mkfifo", [file]);
    },
  ],
  [
    "was replaced by a directory",
    ["type"],
    (file) => {
      fs.rmSync(file);
      fs.mkdirSync(file);
    },
  ],
  ["was deleted", ["existence"], (file) => fs.rmSync(file)],
];

describe.runIf(process.platform === "linux")("a file that changes after the scan", () => {
  const scanned = async (): Promise<{ snapshot: ScannedSnapshot; file: string }> => {
    const file = path.join(await temporaryDirectory(), "a");
    fs.writeFileSync(file, "data");
    fs.utimesSync(file, 1000, 1000);
    return { snapshot: await scan(path.dirname(file)), file };
  };

  it.each(changes)("is not opened, or not read, when it %s", async (_, attributes, change) => {
    const { snapshot, file } = await scanned();
    change(file);
    expect(() => readWhole(snapshot, "a")).toThrow(expect.objectContaining(changed(attributes)));
  });

  it.each(changes)("gets no digest when it %s", async (_, attributes, change) => {
    const { snapshot, file } = await scanned();
    change(file);
    expect(() => snapshot.fileDigest("a")).toThrow(expect.objectContaining(changed(attributes)));
  });

  it("keeps the digest that was known before", async () => {
    const { snapshot, file } = await scanned();
    const digest = snapshot.fileDigest("a");
    fs.appendFileSync(file, "more");
    expect(snapshot.fileDigest("a")).toBe(digest);
  });

  it.each(changes.slice(0, 4))(
    "does not give its last bytes when it %s while it is read",
    async (_, attributes, change) => {
      const { snapshot, file } = await scanned();
      const reader = await snapshot.openFile("a");
      expect(reader.read(new Uint8Array(1))).toBe(1);
      change(file);
      expect(() => {
        for (let count = 1; count <= 4; count++) void reader.read(new Uint8Array(1));
      }).toThrow(expect.objectContaining(changed(attributes)));
      await reader.close();
    },
  );

  it("is noticed when a directory above it became a link out of the root", async () => {
    const root = await temporaryDirectory();
    const inside = path.join(root, "context", "d");
    for (const directory of [inside, path.join(root, "d")]) {
      fs.mkdirSync(directory, { recursive: true });
      fs.writeFileSync(path.join(directory, "a"), "data");
    }
    const snapshot = await scan(path.join(root, "context"));
    fs.rmSync(inside, { recursive: true });
    fs.symlinkSync("../d", inside);
    expect(() => readWhole(snapshot, "d/a")).toThrow(
      expect.objectContaining({ code: "SNAPSHOT_FILE_CHANGED" }),
    );
  });
});

describe("a file that cannot be read", () => {
  it.each(["openSync", "readSync"])("is told when %s fails", async (call) => {
    const volume = Volume.fromJSON({ "/a": "data" });
    const failing = Object.create(volume, {
      [call]: {
        value: () => {
          throw Object.assign(new Error("no"), { code: "EACCES" });
        },
      },
    }) as Volume;
    const snapshot = await scan("/", failing);
    const expected = { code: "SNAPSHOT_FILE_UNREADABLE", data: { path: "a", systemCode: "EACCES" } };
    expect(() => snapshot.fileDigest("a")).toThrow(expect.objectContaining(expected));
  });
});

describe("hashFiles", () => {
  it("makes digests known with one read of each file, and counts files and bytes", async () => {
    const volume = Volume.fromJSON({ "/a": "1234", "/d/b": "12", "/d/c": "" });
    volume.linkSync("/a", "/d/link");
    const snapshot = await scan("/", volume);
    const paths = ["a", "d/b", "d/c", "d/link"];
    expect(await hashFiles(snapshot, paths)).toEqual({ files: 4, bytes: 10 });
    expect(snapshot.hashed).toEqual({ files: 3, bytes: 6 });
    expect(snapshot.fileDigest("d/link")).toBe(digestOf("1234"));
    await hashFiles(snapshot, paths);
    expect(snapshot.hashed).toEqual({ files: 3, bytes: 6 });
  });

  it("hashes files larger than one turn, and each only once at a time", async () => {
    const bytes = Buffer.alloc(20 * 1024 * 1024 + 7, "large");
    const volume = new Volume();
    volume.writeFileSync("/large", bytes);
    const snapshot = await scan("/", volume);
    const digests = [1, 2].map(async () => snapshot.fileDigest("large"));
    expect(await Promise.all(digests)).toEqual([digestOf(bytes), digestOf(bytes)]);
    expect(snapshot.hashed).toEqual({ files: 1, bytes: bytes.length });
  });

  it("stops with the signal's reason", async () => {
    const names = Array.from({ length: 3000 }, (_, index) => `f${index}`);
    const volume = Volume.fromJSON(Object.fromEntries(names.map((name) => [`/${name}`, name.repeat(100)])));
    const controller = new AbortController();
    const reason = new Error("enough");
    const running = hashFiles(await scan("/", volume), names, {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(running).rejects.toBe(reason);
  });

  it("works on any snapshot", async () => {
    const open = () => bytesReader(Buffer.from("text"));
    const file = {
      type: "file",
      path: "a",
      mode: 0o644,
      uid: 0,
      gid: 0,
      mtimeSec: 0,
      size: 4,
      open,
    } as const;
    const tree = fileTreeOf([file]);
    expect(await hashFiles(tree, ["a"])).toEqual({ files: 1, bytes: 4 });
    expect(tree.fileDigest("a")).toBe(digestOf("text"));
  });
});

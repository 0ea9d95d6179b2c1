import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { decodePath, encodePath, type FileReader, type LayerEntry } from "@oci-build/oci";
import { fileTreeOf, type Snapshot } from "@oci-build/snapshot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { textFile } from "../../../test/support/text-file.js";
import { type TreeWritten, writeTreeFolder } from "./write-tree-folder.js";

let base: string;
let dest: string;

beforeEach(() => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-tree-")));
  dest = path.join(base, "out");
});
afterEach(() => fs.rmSync(base, { recursive: true }));

const meta = { mode: 0o644, uid: 7, gid: 8, mtimeSec: 1_000_000_000 };
const directory = (path: string, mode = 0o755): LayerEntry => ({ type: "directory", path, ...meta, mode });
const file = (path: string, text: string, mode = 0o644): LayerEntry =>
  textFile(path, text, { ...meta, mode });

function write(tree: Snapshot, signal?: AbortSignal): Promise<TreeWritten> {
  return writeTreeFolder(tree, dest, signal);
}

const written = (...entries: readonly LayerEntry[]): Promise<TreeWritten> => write(fileTreeOf(entries));

/** What lies in a folder, as lines: path, type and mode, seconds, and content or target. */
function lines(folder = dest): readonly string[] {
  return namesBelow(folder, "").map((name) => lineOf(folder, name));
}

/** Node lists folders in folders only by names that are UTF-8. */
function namesBelow(folder: string, above: string): readonly string[] {
  const names = fs.readdirSync(encodePath(`${folder}/${above}`), { encoding: "buffer" });
  return names
    .map((name) => above + decodePath(name))
    .sort()
    .flatMap((name) => {
      const isFolder = fs.lstatSync(encodePath(`${folder}/${name}`)).isDirectory();
      return isFolder ? [name, ...namesBelow(folder, `${name}/`)] : [name];
    });
}

function lineOf(folder: string, name: string): string {
  const place = encodePath(`${folder}/${name}`);
  const stat = fs.lstatSync(place);
  const head = `${name} ${stat.mode.toString(8)} ${Math.floor(stat.mtimeMs / 1000)}`;
  if (stat.isSymbolicLink()) return `${name} -> ${fs.readlinkSync(place)}`;
  return stat.isFile() ? `${head} '${fs.readFileSync(place, "utf8")}'` : head;
}

describe("writeTreeFolder", () => {
  it("writes files, folders and links with their modes and times, and counts their bytes", async () => {
    const link: LayerEntry = { type: "symlink", path: "d/l", ...meta, target: "../nowhere" };
    const made = await written(directory("d", 0o700), file("d/f", "text", 0o755), link, file("e", ""));
    expect(made).toEqual({ path: dest, size: 4, leftOut: [] });
    expect(lines()).toEqual([
      "d 40700 1000000000",
      "d/f 100755 1000000000 'text'",
      "d/l -> ../nowhere",
      "e 100644 1000000000 ''",
    ]);
    expect(fs.lstatSync(path.join(dest, "d/l")).mtimeMs).toBe(1_000_000_000_000);
  });

  it("gives all names of a file one inode", async () => {
    const hard: LayerEntry = { type: "hardlink", path: "b/h", ...meta, target: "a" };
    for (let round = 0; round < 2; round += 1) {
      await written(file("a", "same"), directory("b"), hard);
      expect(fs.statSync(path.join(dest, "b/h")).ino).toBe(fs.statSync(path.join(dest, "a")).ino);
      expect(fs.readdirSync(dest, { recursive: true }).sort()).toEqual(["a", "b", "b/h"]);
    }
  });

  it("takes the bits from files that belong to somebody else in the image", async () => {
    await written(directory("d", 0o3777), file("f", "", 0o6755));
    expect(lines()).toEqual(["d 41777 1000000000", "f 100755 1000000000 ''"]);
  });

  it("keeps the bytes of names that are not UTF-8", async () => {
    const name = decodePath(Buffer.from([0x61, 0xff]));
    await written(directory(name), file(`${name}/f`, "x"));
    expect(lines()).toEqual([`${name} 40755 1000000000`, `${name}/f 100644 1000000000 'x'`]);
  });

  it("has room for the longest names", async () => {
    const name = "n".repeat(255);
    await written(file(name, "x"));
    expect(fs.readdirSync(dest)).toEqual([name]);
  });

  it("keeps what else lies there, and replaces what has the same name", async () => {
    fs.mkdirSync(path.join(dest, "d"), { recursive: true });
    for (const name of ["other", "d/other", "d/f"]) fs.writeFileSync(path.join(dest, name), name);
    fs.utimesSync(path.join(dest, "d/other"), 5, 5);
    fs.utimesSync(path.join(dest, "other"), 5, 5);
    await written(directory("d"), file("d/f", "new"));
    expect(lines()).toEqual([
      "d 40755 1000000000",
      "d/f 100644 1000000000 'new'",
      "d/other 100644 5 'd/other'",
      "other 100644 5 'other'",
    ]);
  });

  it("follows no link that lies in the folder", async () => {
    const outside = path.join(base, "outside");
    fs.mkdirSync(outside);
    fs.writeFileSync(path.join(outside, "f"), "kept");
    fs.mkdirSync(dest);
    fs.symlinkSync(outside, path.join(dest, "d"));
    fs.symlinkSync(path.join(outside, "f"), path.join(dest, "g"));
    await written(directory("d"), file("d/f", "new"), file("g", "new"));
    expect(lines(outside)).toEqual([expect.stringMatching(/^f .* 'kept'$/)]);
    expect(lines()).toEqual([
      "d 40755 1000000000",
      "d/f 100644 1000000000 'new'",
      "g 100644 1000000000 'new'",
    ]);
  });

  it("follows links on the way to the folder", async () => {
    fs.mkdirSync(path.join(base, "real"));
    fs.symlinkSync("real", dest);
    await written(file("f", "x"));
    expect(fs.readdirSync(path.join(base, "real"))).toEqual(["f"]);
    expect(fs.lstatSync(dest).isSymbolicLink()).toBe(true);
  });

  it("Differs: a folder in the way of a file is an error", async () => {
    fs.mkdirSync(path.join(dest, "f/kept"), { recursive: true });
    await expect(written(file("f", "x"))).rejects.toMatchObject({
      code: "OUTPUT_NOT_WRITABLE",
      message: `cannot write ${dest}/f: it is a folder`,
    });
    expect(fs.readdirSync(dest, { recursive: true })).toEqual(["f", "f/kept"]);
  });

  it("Differs: FIFOs and devices are left out, and named", async () => {
    const device = {
      type: "character-device",
      path: "null",
      ...meta,
      deviceMajor: 1,
      deviceMinor: 3,
    } as const;
    const { leftOut } = await written(device, file("f", "x"), { type: "fifo", path: "pipe", ...meta });
    expect(leftOut).toEqual(["null", "pipe"]);
    expect(fs.readdirSync(dest)).toEqual(["f"]);
  });

  it("leaves a file as it was whose new bytes cannot be read to their end", async () => {
    fs.mkdirSync(dest);
    fs.writeFileSync(path.join(dest, "f"), "old");
    let reads = 0;
    const failing: FileReader = {
      read(target) {
        reads += 1;
        if (reads > 1) throw new Error("gone");
        return Buffer.from("new").copy(target);
      },
      close: () => undefined,
    };
    const tree = fileTreeOf([{ type: "file", path: "f", ...meta, size: 9, open: () => failing }]);
    await expect(write(tree)).rejects.toThrow("gone");
    expect([fs.readdirSync(dest), fs.readFileSync(path.join(dest, "f"), "utf8")]).toEqual([["f"], "old"]);
  });

  it("ends when it is aborted", async () => {
    const aborting = new AbortController();
    const names = Array.from({ length: 200 }, (_, index) => `f${String(index).padStart(3, "0")}`);
    const entries = names.map((name) => file(name, "x"));
    setImmediate(() => aborting.abort(new Error("enough")));
    await expect(write(fileTreeOf(entries), aborting.signal)).rejects.toThrow("enough");
    expect(fs.readdirSync(dest).length).toBeLessThan(names.length);
  });
});

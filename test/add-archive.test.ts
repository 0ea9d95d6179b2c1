import { execFileSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { encodeEntryHeader, type TarEntry } from "@oci-build/oci";
import { build } from "oci-build";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { layerLines, readImage } from "./support/image-lines.js";

const base = temporaryFolder();
let count = 0;

const meta = { mode: 0o644, uid: 3, gid: 4, mtimeSec: 1 };
const file = (name: string, text: string): [TarEntry, string] => [
  { type: "file", path: name, size: text.length, ...meta },
  text,
];
const directory = (name: string, mode = 0o755): [TarEntry] => [
  { type: "directory", path: name, ...meta, mode },
];
const link = (name: string, target: string): [TarEntry] => [{ type: "symlink", path: name, target, ...meta }];
const hard = (name: string, target: string): [TarEntry] => [
  { type: "hardlink", path: name, target, ...meta },
];

function tar(...members: readonly (readonly [TarEntry, string?])[]): Buffer {
  const blocks = members.flatMap(([entry, text = ""]) => {
    const data = Buffer.alloc(Math.ceil(text.length / 512) * 512);
    data.write(text);
    return [encodeEntryHeader(entry), data];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** The members of the layer that ADD makes of an archive. */
async function added(archive: Buffer, instruction = "ADD a.tar /x/", before = ""): Promise<string[]> {
  count += 1;
  const context = path.join(base, `c${count}`);
  writeFiles(context, { "a.tar": archive, "plain.txt": "plain" });
  const dest = path.join(base, `${count}.tar`);
  const text = `FROM scratch\n${before}${instruction}\n`;
  const cacheDir = path.join(base, `cache${count}`);
  await build({ context, dockerfile: { text }, cacheDir, output: { type: "oci", dest } });
  const { layers } = await readImage(dest);
  return layerLines(layers.at(-1) ?? { diffId: "" as never, entries: [] });
}

describe("ADD of an archive", () => {
  const some = tar(
    directory("./"),
    directory("d", 0o700),
    file("d/f", "text"),
    link("l", "d/f"),
    hard("h", "d/f"),
  );

  it.each([
    ["plain", some],
    ["gzip", gzipSync(some)],
    ["gzip of two members", Buffer.concat([gzipSync(some.subarray(0, 1000)), gzipSync(some.subarray(1000))])],
  ])("unpacks it: %s", async (_, archive) => {
    expect(await added(archive)).toEqual([
      "directory x 0755",
      "directory x/d 0700 3:4",
      "file x/d/f 0644 3:4 4",
      "hardlink x/h 0644 3:4 -> x/d/f",
      "symlink x/l 0777 3:4 -> d/f",
    ]);
  });

  it("gives --chown to what is in it, and --chmod has no say", async () => {
    expect(await added(some, "ADD --chown=1:2 --chmod=0600 a.tar /x/")).toEqual([
      "directory x 0755 1:2",
      "directory x/d 0700 1:2",
      "file x/d/f 0644 1:2 4",
      "hardlink x/h 0644 1:2 -> x/d/f",
      "symlink x/l 0777 1:2 -> d/f",
    ]);
  });

  it.each([
    ["with --unpack=false", "ADD --unpack=false a.tar /x/"],
    ["with COPY", "COPY a.tar /x/"],
  ])("leaves it packed %s", async (_, instruction) => {
    expect(await added(some, instruction)).toEqual(["directory x 0755", `file x/a.tar 0644 ${some.length}`]);
  });

  it.each([
    ["a text", Buffer.from("just text")],
    ["a gzip of something else", gzipSync("just text")],
    ["a damaged gzip", Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3])],
    ["an archive without members", Buffer.alloc(10_240)],
  ])("copies what is no archive: %s", async (_, bytes) => {
    expect(await added(bytes)).toEqual(["directory x 0755", `file x/a.tar 0644 ${bytes.length}`]);
  });

  it("takes the last of members with one name, and makes missing directories", async () => {
    expect(await added(tar(file("p/f", "old"), file("p/f", "newer")))).toEqual([
      "directory x 0755",
      "directory x/p 0755",
      "file x/p/f 0644 3:4 5",
    ]);
  });

  it("replaces what is in the way", async () => {
    const before = "COPY plain.txt /x/d/plain.txt\nADD a.tar /x/\n";
    expect(await added(tar(file("d", "a file now")), "ADD a.tar /x/", before)).toEqual([
      "file x/d 0644 3:4 10",
    ]);
  });

  it.each([
    ["an absolute one", [link("out", "/etc"), file("out/passwd", "x")], "out", "/etc"],
    ["one that would leave", [link("out", "/../../etc"), file("out/passwd", "x")], "out", "/../../etc"],
  ])("follows links on the way inside the destination: %s", async (_, members, name, target) => {
    expect(await added(tar(...members))).toEqual([
      "directory x 0755",
      "directory x/etc 0755",
      "file x/etc/passwd 0644 3:4 1",
      `symlink x/${name} 0777 3:4 -> ${target}`,
    ]);
  });

  it("goes through a link where the archive has a directory", async () => {
    const members = [directory("usr"), directory("usr/lib"), link("lib", "usr/lib"), directory("lib", 0o711)];
    expect(await added(tar(...members, file("lib/f", "x"), link("root", "/"), directory("root")))).toEqual([
      "directory x 0755",
      "symlink x/lib 0777 3:4 -> usr/lib",
      "symlink x/root 0777 3:4 -> /",
      "directory x/usr 0755 3:4",
      "directory x/usr/lib 0711 3:4",
      "file x/usr/lib/f 0644 3:4 1",
    ]);
  });

  it("keeps hard links of two archives apart", async () => {
    const context = path.join(base, "two");
    const other = tar(file("f", "other bytes"), hard("b", "f"));
    writeFiles(context, { "1.tar": tar(file("f", "1"), hard("a", "f")), "2.tar": other });
    const dest = path.join(base, "two.tar");
    const text = "FROM scratch\nADD 1.tar 2.tar /\n";
    await build({ context, dockerfile: { text }, cacheDir: `${dest}.cache`, output: { type: "oci", dest } });
    const [layer] = (await readImage(dest)).layers;
    expect(layer && layerLines(layer)).toEqual([
      "file a 0644 3:4 1",
      "file b 0644 3:4 11",
      "hardlink f 0644 3:4 -> b",
    ]);
  });

  it("lets a hard link keep what it named when a later member replaces that", async () => {
    expect(await added(tar(file("f", "old"), hard("h", "f"), file("f", "newer")))).toEqual([
      "directory x 0755",
      "file x/f 0644 3:4 5",
      "file x/h 0644 3:4 3",
    ]);
  });

  it("takes a hard link to a symbolic link as one more of it", async () => {
    expect(await added(tar(link("l", "nowhere"), hard("h", "l")))).toEqual([
      "directory x 0755",
      "symlink x/h 0777 3:4 -> nowhere",
      "symlink x/l 0777 3:4 -> nowhere",
    ]);
  });

  it.each([
    ["a path out of the archive", [file("../f", "x")], "ADD_ARCHIVE_INVALID"],
    ["a hard link to nothing", [hard("h", "nowhere")], "ADD_ARCHIVE_INVALID"],
    ["a hard link to a directory", [directory("d"), hard("h", "d")], "ADD_ARCHIVE_INVALID"],
    ["a name too long for a file system", [file("n".repeat(256), "")], "ADD_ARCHIVE_INVALID"],
    ["a link too long for a file system", [link("l", "t/".repeat(2048))], "ADD_ARCHIVE_INVALID"],
    ["a hard link to itself", [hard("h", "h")], "ADD_ARCHIVE_INVALID"],
    ["a name that would delete", [file("d/.wh.f", "")], "COPY_RESERVED_NAME"],
  ])("refuses %s", async (_, members, code) => {
    await expect(added(tar(file("ok", ""), ...members))).rejects.toMatchObject({ code, data: { place: {} } });
  });

  it("refuses an archive that is cut short", async () => {
    const whole = tar(file("f", "x".repeat(2000)));
    await expect(added(whole.subarray(0, 1500))).rejects.toMatchObject({ code: "ADD_ARCHIVE_INVALID" });
  });

  it.each([
    ["bzip2", "--bzip2"],
    ["xz", "--xz"],
  ])("refuses %s with a way out", async (kind, flag) => {
    const folder = path.join(base, kind);
    writeFiles(folder, { f: "x" });
    const bytes = execFileSync("tar", [flag, "-cf", "-", "-C", folder, "."]);
    await expect(added(bytes)).rejects.toMatchObject({
      code: "ADD_SOURCE_UNSUPPORTED",
      message: `ADD cannot unpack ${kind} yet: a.tar`,
      hint: expect.stringContaining("--unpack=false"),
    });
  });

  it("leaves nothing in the folder for temporary files", async () => {
    // Other tests make and remove folders in the one that all share.
    const temporary = path.join(base, "temporary");
    fs.mkdirSync(temporary);
    vi.stubEnv("TMPDIR", temporary);
    onTestFinished(() => void vi.unstubAllEnvs());
    const watcher = fs.watch(temporary);
    onTestFinished(() => watcher.close());
    const made = once(watcher, "change");
    await added(gzipSync(some));
    expect(await made).toEqual(["rename", expect.stringMatching(/^oci-build-/)]);
    expect(fs.readdirSync(temporary)).toEqual([]);
  });
});

import { spawnSync } from "node:child_process";
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dirOf, fileOf, layerOf, noise, plain } from "../../test/layer-entries.js";
import { type AssembledImage, assembleImage } from "../image/assemble-image.js";
import { imageContent } from "../image/image-content.js";
import { writeImageLayout } from "../layout/write-image-layout.js";
import { encodePath } from "../path-bytes.js";
import { compareTreePaths } from "../path-order.js";
import type { LayerEntry } from "./layer-entry.js";

const has = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;
const isRoot = process.getuid?.() === 0;
const hasGnuTar = String(spawnSync("tar", ["--version"]).stdout).includes("GNU tar");
const raw = `not-utf8-\udcff-${"n".repeat(150)}`;
const deep = Array.from({ length: 4 }, (_, index) => String(index).repeat(90));

/** What a header can say only in PAX, and what it can say in both ways. */
const samples: readonly LayerEntry[] = [
  dirOf("dir"),
  { ...dirOf("sticky"), mode: 0o1777 },
  fileOf("dir/setuid", "x", { mode: 0o4755, mtimeSec: 1_700_000_000 }),
  fileOf("dir/old", "", { mtimeSec: -86_400 }),
  fileOf("dir/owned", "o", { uid: 4_000_000, gid: 3_000_000 }),
  fileOf("dir/attributed", "", { xattrs: new Map([["user.note", Buffer.from([1, 0, 10, 255])]]) }),
  fileOf("ünïcode 😀", "u"),
  fileOf("not-utf8-\udcfe", "short"),
  fileOf(raw, "long"),
  fileOf("name with \\ and \n", "odd"),
  ...deep.map((_, index) => dirOf(deep.slice(0, index + 1).join("/"))),
  fileOf(`${deep.join("/")}/end`, "deep"),
  fileOf("large", noise(3_000_000, 1)),
  { type: "hardlink", path: "linked", target: "large", ...plain },
  { type: "symlink", path: "soft", target: `/nowhere/${"t".repeat(120)}`, ...plain, mode: 0o777 },
  { type: "symlink", path: "soft-raw", target: "\udcff", ...plain, mode: 0o777 },
];
const entries = samples.toSorted((a, b) => compareTreePaths(a.path, b.path));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "layer-programs-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function run(program: string, args: readonly string[], input?: Uint8Array): Buffer {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder,
    input,
    maxBuffer: 1 << 26,
  });
  expect({ status, stderr: String(stderr), error }).toMatchObject({ status: 0 });
  return stdout;
}

/** Compares a folder with the entries: names, types, modes, link targets, bytes, and owners where asked. */
async function expectTree(root: string, owners: "owners" | "no owners"): Promise<void> {
  const at = (name: string): Buffer => Buffer.concat([Buffer.from(`${root}/`), encodePath(name)]);
  for (const entry of entries) {
    const stat = await lstat(at(entry.path));
    if (entry.type === "symlink") {
      expect(await readlink(at(entry.path), "buffer")).toEqual(encodePath(entry.target));
    } else if (entry.type === "file") {
      expect((await readFile(at(entry.path))).length).toBe(entry.size);
      expect({ path: entry.path, mode: stat.mode & 0o7777 }).toEqual({ path: entry.path, mode: entry.mode });
      expect({ path: entry.path, mtime: stat.mtimeMs / 1000 }).toEqual({
        path: entry.path,
        mtime: entry.mtimeSec,
      });
      if (owners === "owners") expect([stat.uid, stat.gid]).toEqual([entry.uid, entry.gid]);
    }
  }
  expect((await lstat(at("linked"))).ino).toBe((await lstat(at("large"))).ino);
  const topNames = new Set(
    entries.map((entry) => encodePath(entry.path.split("/")[0] ?? "").toString("hex")),
  );
  const found = await readdir(root, { encoding: "buffer" });
  expect(new Set(found.map((name) => name.toString("hex")))).toEqual(topNames);
}

describe("a written layer, read by other programs", () => {
  it.skipIf(!hasGnuTar)("GNU tar extracts it as it was given (skipped without GNU tar)", async () => {
    const { blob } = await layerOf(entries);
    await mkdir(path.join(folder, "out"));
    run("tar", ["--warning=no-unknown-keyword", "-xpzf", "-", "-C", "out", "--no-same-owner"], blob);
    await expectTree(path.join(folder, "out"), "no owners");
  });

  it.skipIf(!hasGnuTar)(
    "GNU tar lists owners, sizes and times of PAX (skipped without GNU tar)",
    async () => {
      const { blob } = await layerOf(entries);
      const lines = run("tar", ["--numeric-owner", "--utc", "--full-time", "-tvzf", "-"], blob).toString();
      expect(lines).toMatch(/4000000\/3000000 +1 1970-01-01 00:00:00 dir\/owned/);
      expect(lines).toMatch(/1969-12-31 00:00:00 dir\/old/);
      expect(lines).toMatch(/linked link to large/);
    },
  );

  it.skipIf(!has("gzip"))("gzip finds one sound stream (skipped without gzip)", async () => {
    run("gzip", ["-t"], (await layerOf(entries)).blob);
  });

  it.skipIf(!has("pigz"))("pigz finds one sound stream (skipped without pigz)", async () => {
    run("pigz", ["-t"], (await layerOf(entries)).blob);
  });

  it.skipIf(!has("python3"))(
    "Python reads every header as it was given (skipped without python3)",
    async () => {
      const { blob } = await layerOf(entries);
      const script = [
        "import io, json, sys, tarfile",
        "tar = tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read()), mode='r:gz', encoding='utf-8')",
        "enc = lambda s: s.encode('utf-8', 'surrogateescape').hex()",
        "print(json.dumps([[enc(m.name), enc(m.linkname), m.mode, m.uid, m.gid, m.mtime, m.size if m.isreg() else 0,",
        "  enc(m.pax_headers.get('SCHILY.xattr.user.note', ''))] for m in tar]))",
      ].join("\n");
      const rows: unknown = JSON.parse(run("python3", ["-c", script], blob).toString());
      const hex = (text: string): string => encodePath(text).toString("hex");
      const expected = entries.map((entry) => {
        if (entry.type === "whiteout" || entry.type === "opaque") return [];
        const note = Buffer.from(entry.xattrs?.get("user.note") ?? []).toString("hex");
        const target = "target" in entry ? hex(entry.target) : "";
        const size = entry.type === "file" ? entry.size : 0;
        return [hex(entry.path), target, entry.mode, entry.uid, entry.gid, entry.mtimeSec, size, note];
      });
      expect(rows).toEqual(expected);
    },
  );

  it.skipIf(!isRoot || !has("umoci"))(
    "umoci unpacks it with its owners (skipped without root or umoci)",
    async () => {
      await unpackWithUmoci([entries]);
      const root = path.join(folder, "bundle", "rootfs");
      await expectTree(root, "owners");
      if (has("getfattr")) {
        const note = run("getfattr", ["--only-values", "-n", "user.note", path.join(root, "dir/attributed")]);
        expect(note).toEqual(Buffer.from([1, 0, 10, 255]));
      }
    },
  );

  it.skipIf(!has("umoci"))("umoci unpacks an uncompressed one (skipped without umoci)", async () => {
    await unpackWithUmoci([[dirOf("a"), fileOf("a/kept", "1")]], "none");
    expect(await readFile(path.join(folder, "bundle", "rootfs", "a/kept"), "utf8")).toBe("1");
  });

  it.skipIf(!has("umoci"))("umoci deletes what a layer above says (skipped without umoci)", async () => {
    const lower = [dirOf("a"), fileOf("a/gone", ""), fileOf("a/kept", ""), dirOf("b"), fileOf("b/gone", "")];
    const upper: LayerEntry[] = [
      { type: "whiteout", path: "a/gone" },
      dirOf("b"),
      { type: "opaque", path: "b" },
      fileOf("b/new", ""),
    ];
    await unpackWithUmoci([lower, upper]);
    const names = await readdir(path.join(folder, "bundle", "rootfs"), { recursive: true });
    expect(names.toSorted()).toEqual(["a", "a/kept", "b", "b/new"]);
  });
});

async function unpackWithUmoci(
  layers: readonly (readonly LayerEntry[])[],
  compression: "gzip" | "none" = "gzip",
): Promise<void> {
  const written = await Promise.all(layers.map((layer) => layerOf(layer, { compression })));
  const image: AssembledImage = assembleImage({
    config: {
      created: "1970-01-01T00:00:00Z",
      config: {},
      rootfs: { type: "layers", diff_ids: written.map((layer) => layer.diffId) },
      history: written.map(() => ({ created_by: "COPY" })),
    },
    layers: written.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
    platform: { os: "linux", architecture: "amd64" },
  });
  async function* read(digest: string): AsyncGenerator<Uint8Array> {
    const layer = written.find((one) => one.digest === digest);
    if (layer !== undefined) yield layer.blob;
  }
  const content = imageContent([{ ...image, names: ["docker.io/library/sample:1.0"] }], { read });
  await writeImageLayout(content, path.join(folder, "layout"));
  const rootless = isRoot ? [] : ["--rootless"];
  run("umoci", ["unpack", ...rootless, "--image", "layout:1.0", "bundle"]);
}

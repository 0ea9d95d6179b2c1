import { type Digest, digestOf, type Entry, type FileReader } from "@oci-build/oci";
import fc from "fast-check";
import { Volume } from "memfs";
import { describe, expect, it } from "vitest";
import { ContentDigester, contentDigest } from "../content/content-digest.js";
import type { ContentEntry } from "../content/content-entry.js";
import { hashSubtree } from "../scan/hash-files.js";
import { scanDirectory } from "../scan/scan-directory.js";
import type { ScannedSnapshot } from "../scan/scanned-snapshot.js";
import { writeTree } from "../testing/write-tree.js";
import type { Placement } from "./placement.js";
import type { Subtree } from "./subtree.js";

async function scan(...lines: readonly string[]): Promise<ScannedSnapshot> {
  const volume = new Volume();
  writeTree(volume as never, "/", ...lines);
  const owners = { uid: 0, gid: 0 };
  return (await scanDirectory({ root: "/", fs: volume, owners, xattrs: "skip" })).snapshot;
}

function subtreeOf(snapshot: ScannedSnapshot, path: string): Subtree {
  const subtree = snapshot.subtree(path);
  if (subtree === undefined) throw new Error(`no directory: ${path}`);
  return subtree;
}

const lines = [
  "dir a 0700",
  "dir a/b 0755",
  "file a/b/c 0644 'one'",
  "link a/b/d -> ../ü",
  "dir a/b/e 0755",
  "file a/b/e/f 0600 'two'",
  "file a/b-c 0644 'three'",
  "dir g 0755",
  "file g/ü€ 0644 'four'",
];

const keep = { owner: undefined, modeOf: undefined };

/** A placed entry, made the long way. */
function placed(entry: Entry, relative: string, { path, owner, modeOf }: Placement): Entry {
  const at = path === "" ? relative : `${path}/${relative}`;
  const type = entry.type === "directory" ? "directory" : "file";
  const mode = modeOf === undefined || entry.type === "symlink" ? entry.mode : modeOf(entry.mode, type);
  return { ...entry, path: at, mode, ...owner };
}

async function longWay(snapshot: ScannedSnapshot, subtree: Subtree, placement: Placement): Promise<string> {
  await hashSubtree(subtree);
  const entries = Array.from(subtree.entries(), (member): ContentEntry => {
    const entry = placed(member.entry, member.relative, placement);
    if (entry.type !== "file") return entry;
    return { ...entry, digest: snapshot.fileDigest(member.entry.path) as Digest };
  });
  return contentDigest(entries);
}

describe("a subtree", () => {
  it("has what lies below a directory, and nothing beside it", async () => {
    const entries = [...subtreeOf(await scan(...lines), "a/b").entries()];
    expect(entries.map(({ relative, entry }) => `${relative} ${entry.path}`)).toEqual([
      "c a/b/c",
      "d a/b/d",
      "e a/b/e",
      "e/f a/b/e/f",
    ]);
  });

  it("is the whole tree for the root, and nothing for what is no directory", async () => {
    const snapshot = await scan(...lines);
    const all = Array.from(subtreeOf(snapshot, "").entries(), ({ entry }) => entry);
    expect(all).toEqual([...snapshot.entries()]);
    expect(snapshot.subtree("a/b/c")).toBeUndefined();
    expect(snapshot.subtree("nothing")).toBeUndefined();
  });

  it("counts entries, bytes, and the bytes of files that were not hashed", async () => {
    const snapshot = await scan(...lines);
    const subtree = subtreeOf(snapshot, "a");
    expect(subtree.survey()).toEqual({
      entries: 6,
      fileBytes: 11,
      unknownBytes: 11,
      changedFiles: 3,
      changedBytes: 11,
      isPlain: true,
    });
    await snapshot.fileDigest("a/b/c");
    expect(subtree.survey().unknownBytes).toBe(8);
    expect(await hashSubtree(subtree)).toEqual({ files: 3, bytes: 11 });
    expect(subtree.survey().unknownBytes).toBe(0);
    expect(snapshot.hashed).toEqual({ files: 3, bytes: 11 });
  });

  it.each([
    ["hard links", ["file a/x 0644 'x'", "hardlink a/y -> a/x"], false],
    ["a reserved name", ["file a/.wh.x 0644 'x'"], false],
    ["neither", ["file a/x 0644 'x'"], true],
  ])("says whether it is plain: with %s", async (_, more, isPlain) => {
    expect(subtreeOf(await scan("dir a 0755", ...more), "a").survey().isPlain).toBe(isPlain);
  });

  it("takes digests from whoever read a file", async () => {
    const snapshot = await scan(...lines);
    const subtree = subtreeOf(snapshot, "a/b");
    snapshot.rememberDigest("a/b/c", digestOf("one"));
    expect(subtree.survey().unknownBytes).toBe(3);
    expect(snapshot.fileDigest("a/b/c")).toBe(digestOf("one"));
    expect(snapshot.hashed).toEqual({ files: 1, bytes: 3 });
  });
});

describe("layerEntries", () => {
  it.each([
    ["at its own place", "a", { path: "a", ...keep }],
    ["at the root", "", { path: "", ...keep }],
    ["elsewhere", "a/b", { path: "app/ü", ...keep }],
    ["with another owner and modes", "a", { path: "x", owner: { uid: 5, gid: 6 }, modeOf: () => 0o711 }],
  ])("gives what the entries give %s", async (_, from, placement) => {
    const snapshot = await scan(...lines);
    const subtree = subtreeOf(snapshot, from);
    await hashSubtree(subtree);
    const expected = Array.from(subtree.entries(), ({ entry, relative }) => {
      const digest = entry.type === "file" ? { digest: snapshot.fileDigest(entry.path) } : {};
      return { ...placed(entry, relative, placement), ...digest };
    });
    const found = [...subtree.layerEntries(placement, "known")];
    expect(found).toMatchObject(expected);
    expect(found).toHaveLength(expected.length);
    const texts = found.flatMap((entry) => (entry.type === "file" ? [textOf(entry.open(), entry.size)] : []));
    expect(texts.map((text) => digestOf(text))).toEqual(
      expected.flatMap((entry) => ("digest" in entry ? [entry.digest] : [])),
    );
  });

  it("gives files without digests where those are unknown", async () => {
    const entries = [...subtreeOf(await scan(...lines), "a").layerEntries({ path: "", ...keep }, "unknown")];
    expect(entries.filter((entry) => "digest" in entry && entry.digest !== undefined)).toEqual([]);
  });
});

function textOf(reader: FileReader | Promise<FileReader>, size: number): string {
  if (!("read" in reader)) throw new Error("opened asynchronously");
  const bytes = Buffer.alloc(size);
  void reader.read(bytes);
  return bytes.toString();
}

describe("ContentDigester", () => {
  it.each([
    ["at its own place", { path: "a", ...keep }],
    ["at the root", { path: "", ...keep }],
    ["elsewhere", { path: "app/ü", ...keep }],
    ["with another owner", { path: "a", owner: { uid: 5, gid: 70_000 }, modeOf: undefined }],
    ["with other modes", { path: "a", owner: undefined, modeOf: (mode: number) => mode | 0o111 }],
  ])("takes a subtree %s as it takes its entries one by one", async (_, placement) => {
    const snapshot = await scan(...lines);
    const subtree = subtreeOf(snapshot, "a");
    const digester = new ContentDigester();
    await hashSubtree(subtree);
    digester.addSubtree(subtree, placement);
    expect(digester.finish()).toBe(await longWay(snapshot, subtree, placement));
  });

  it("does so for any tree", async () => {
    const name = fc.constantFrom("a", "b", "a-", "ü", ".x", "z9", "\u{1F600}", "long".repeat(60));
    const paths = fc.uniqueArray(
      fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join("/")),
      {
        maxLength: 20,
      },
    );
    await fc.assert(
      fc.asyncProperty(paths, async (files) => {
        const volume = new Volume();
        for (const file of files) {
          if (volume.existsSync(`/${file}`)) continue;
          const parents = file.split("/").slice(0, -1);
          const isFree = parents.every((_, index) => {
            const above = `/${parents.slice(0, index + 1).join("/")}`;
            return !volume.existsSync(above) || volume.statSync(above).isDirectory();
          });
          if (!isFree) continue;
          volume.mkdirSync(`/${parents.join("/")}`, { recursive: true });
          volume.writeFileSync(`/${file}`, file);
        }
        const owners = { uid: 0, gid: 0 };
        const { snapshot } = await scanDirectory({ root: "/", fs: volume, owners, xattrs: "skip" });
        const subtree = subtreeOf(snapshot, "");
        const expected = await longWay(snapshot, subtree, { path: "to", ...keep });
        const digester = new ContentDigester();
        digester.addSubtree(subtree, { path: "to", ...keep });
        expect(digester.finish()).toBe(expected);
      }),
      { numRuns: 100 },
    );
  });

  it("refuses a subtree that does not come after what was added", async () => {
    const subtree = subtreeOf(await scan(...lines), "a/b");
    await hashSubtree(subtree);
    const digester = new ContentDigester();
    digester.add({ type: "fifo", path: "to/d", mode: 0o644, uid: 0, gid: 0, mtimeSec: 0 });
    expect(() => digester.addSubtree(subtree, { path: "to", ...keep })).toThrow(
      expect.objectContaining({ code: "SNAPSHOT_ENTRY_ORDER" }),
    );
  });
});

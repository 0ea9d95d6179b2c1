import { execFileSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { isOciBuildError } from "@oci-build/oci";
import { Volume } from "memfs";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryDirectory } from "../../test/temporary-directory.js";
import { parseIgnoreFile } from "../patterns/ignore-file.js";
import { compilePatterns } from "../patterns/pattern-matcher.js";
import { readFileBytes, treeLines } from "../testing/tree-lines.js";
import { writeTree } from "../testing/write-tree.js";
import { type ScanOptions, type ScanResult, scanDirectory } from "./scan-directory.js";

const isLinux = process.platform === "linux";
const isRoot = process.getuid?.() === 0;

async function scan(root: string, options: Partial<ScanOptions> = {}): Promise<ScanResult> {
  return await scanDirectory({ root, owners: { uid: 0, gid: 0 }, xattrs: "skip", ...options });
}

async function scanTree(lines: readonly string[], options: Partial<ScanOptions> = {}): Promise<ScanResult> {
  const root = await temporaryDirectory();
  writeTree(fs, root, ...lines);
  return await scan(root, options);
}

const ignoring = (text: string): Partial<ScanOptions> => ({
  ignore: compilePatterns(parseIgnoreFile(text).patterns),
});

const paths = (result: ScanResult): string[] => Array.from(result.snapshot.entries(), (entry) => entry.path);

describe("scanDirectory", () => {
  it("keeps modes and link texts", async () => {
    const { snapshot } = await scanTree(["file a 02751 'x'", "link l -> /abs/../x"]);
    expect(snapshot.get("a")).toMatchObject({ mode: 0o2751, size: 1 });
    expect(snapshot.get("l")).toMatchObject({ target: "/abs/../x", mode: 0o777 });
  });

  it("rounds times before 1970 down to whole seconds", async () => {
    const { snapshot, root } = await scanTouched("@-1.5");
    expect(snapshot.get(root)).toMatchObject({ mtimeSec: -2 });
  });

  it("does not round 999999999 ns up to the next second", async () => {
    const { snapshot, root } = await scanTouched("@1700000000.999999999");
    expect(snapshot.get(root)).toMatchObject({ mtimeSec: 1_700_000_000 });
  });

  it("keeps times beyond the year 2262", async () => {
    const { snapshot, root } = await scanTouched("@12000000000");
    expect(snapshot.get(root)).toMatchObject({ mtimeSec: 12_000_000_000 });
  });

  it("sorts names by UTF-16 code units, in which it differs from the system's order of bytes", async () => {
    expect(paths(await scanTree(["file \ue000 0644 ''", "file \u{10000} 0644 ''"]))).toEqual([
      "\u{10000}",
      "\ue000",
    ]);
  });

  it("gives every entry one owner, or keeps the owners", async () => {
    const root = await temporaryDirectory();
    writeTree(fs, root, "file a 0644 'x'");
    expect((await scan(root, { owners: { uid: 7, gid: 8 } })).snapshot.get("a")).toMatchObject({
      uid: 7,
      gid: 8,
    });
    const { uid, gid } = fs.statSync(path.join(root, "a"));
    expect((await scan(root, { owners: "keep" })).snapshot.get("a")).toMatchObject({ uid, gid });
  });

  it("gives every mode as 0755 where asked, but 0777 to links", async () => {
    const { snapshot } = await scanTree(["file a 0600 'x'", "link l -> a"], { modes: "0755" });
    expect(snapshot.get("a")?.mode).toBe(0o755);
    expect(snapshot.get("l")?.mode).toBe(0o777);
  });

  it("follows a link that is the root, and no other", async () => {
    const root = await temporaryDirectory();
    writeTree(fs, root, "dir real 0755", "file real/x 0644 'x'", "link real/out -> ..", "link root -> real");
    expect(paths(await scan(path.join(root, "root")))).toEqual(["out", "x"]);
  });

  it.runIf(isLinux)("keeps names and link texts that are not UTF-8 byte for byte", async () => {
    const root = await temporaryDirectory();
    writeTree(fs, root, "dir 'd\\xff' 0755", "file 'd\\xff/\\xc3(' 0644 'data'", "file \ufffd 0644 'real'");
    fs.symlinkSync(Buffer.from([0xfe]), path.join(root, "l"));
    const { snapshot } = await scan(root);
    expect([...snapshot.entries()].map((entry) => entry.path)).toEqual([
      "d\udcff",
      "d\udcff/\udcc3(",
      "l",
      "\ufffd",
    ]);
    expect((await readFileBytes(snapshot, "d\udcff/\udcc3(")).toString()).toBe("data");
    expect((await readFileBytes(snapshot, "\ufffd")).toString()).toBe("real");
    expect(snapshot.get("l")).toMatchObject({ target: "\udcfe" });
  });

  it.runIf(isLinux)("leaves sockets out with a warning", async () => {
    const root = await temporaryDirectory();
    const server = net.createServer().listen(path.join(root, "s"));
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const result = await scan(root);
    expect(paths(result)).toEqual([]);
    expect(result.warnings).toEqual([
      { kind: "socket-left-out", path: "s", message: 'socket "s" was left out' },
    ]);
    expect((await scan(root, ignoring("s"))).warnings).toEqual([]);
  });

  it.runIf(isLinux)("makes FIFOs entries without opening them", async () => {
    const root = await temporaryDirectory();
    execFileSync("mkfifo", ["-m", "0640", path.join(root, "f")]);
    expect(await treeLines((await scan(root)).snapshot)).toEqual(["fifo f 0640"]);
  });

  it.runIf(isLinux && isRoot)(
    "makes devices entries with their numbers (skipped: only root can make them)",
    async () => {
      const root = await temporaryDirectory();
      execFileSync("mknod", [path.join(root, "c"), "c", "259", "300"]);
      execFileSync("mknod", [path.join(root, "b"), "b", "8", "1"]);
      const { snapshot } = await scan(root);
      expect(snapshot.get("c")).toMatchObject({
        type: "character-device",
        deviceMajor: 259,
        deviceMinor: 300,
      });
      expect(snapshot.get("b")).toMatchObject({ type: "block-device", deviceMajor: 8, deviceMinor: 1 });
    },
  );

  it("groups hard links of which several names are in the tree", async () => {
    const root = await temporaryDirectory();
    const lines = [
      "dir in 0755",
      "file in/a 0644 'x'",
      "hardlink in/b -> in/a",
      "file in/c 0644 ''",
      "hardlink out -> in/c",
    ];
    writeTree(fs, root, ...lines);
    const { snapshot } = await scan(path.join(root, "in"));
    expect(snapshot.get("a")).toMatchObject({ linkGroup: "a" });
    expect(snapshot.get("b")).toMatchObject({ linkGroup: "a" });
    expect(snapshot.get("c")).not.toHaveProperty("linkGroup");
  });

  it("tells a missing root and a root that is a file", async () => {
    const root = await temporaryDirectory();
    writeTree(fs, root, "file a 0644 ''");
    for (const name of ["a", "b"]) {
      await expect(scan(path.join(root, name))).rejects.toSatisfy((error) =>
        isOciBuildError(error, "SNAPSHOT_ROOT_INVALID"),
      );
    }
  });

  it("stops with the signal's reason", async () => {
    const controller = new AbortController();
    const volume = Volume.fromJSON({});
    for (let index = 0; index < 20_000; index++) volume.writeFileSync(`/${index}`, "");
    const reason = new Error("enough");
    const onProgress = () => controller.abort(reason);
    const running = scan("/", { fs: volume, signal: controller.signal, onProgress });
    await expect(running).rejects.toBe(reason);
    await expect(scan("/", { fs: volume, signal: controller.signal })).rejects.toBe(reason);
  });

  it("tells how many entries it has found", async () => {
    const counts: number[] = [];
    await scanTree(["dir a 0755", "file a/b 0644 ''"], { onProgress: (count) => counts.push(count) });
    expect(counts.at(-1)).toBe(2);
  });
});

describe("scanDirectory with ignore patterns", () => {
  const lines = [
    "dir docs 0750",
    "file docs/a.md 0644 ''",
    "dir docs/keep 0700",
    "file docs/keep/b.md 0644 ''",
    "dir node_modules 0755",
    "dir node_modules/x 0755",
    "file node_modules/x/i.js 0644 ''",
    "file readme.md 0644 ''",
  ];

  it.each([
    ["", lines.map((line) => line.split(" ")[1])],
    ["node_modules\ndocs", ["readme.md"]],
    ["*", []],
    ["*\n!readme.md", ["readme.md"]],
    ["docs\nnode_modules\n!docs/keep/b.md", ["docs", "docs/keep", "docs/keep/b.md", "readme.md"]],
    ["docs\nnode_modules\n!docs/keep", ["docs", "docs/keep", "docs/keep/b.md", "readme.md"]],
    ["docs/*\nnode_modules", ["docs", "readme.md"]],
    ["docs/**\nnode_modules\n!docs/none", ["docs", "readme.md"]],
    ["**\n!**/*.js", ["node_modules", "node_modules/x", "node_modules/x/i.js"]],
    ["**/*.md\nnode_modules", ["docs", "docs/keep"]],
  ])("%j leaves %j", async (text, expected) => {
    expect(paths(await scanTree(lines, ignoring(text)))).toEqual(expected);
  });

  it("gives an excluded directory that holds something taken back its own metadata", async () => {
    const { snapshot } = await scanTree(lines, ignoring("*\n!docs/keep/b.md"));
    expect(await treeLines(snapshot)).toEqual([
      "dir docs 0750",
      "dir docs/keep 0700",
      "file docs/keep/b.md 0644 ''",
    ]);
  });

  it("does not enter an excluded directory unless a pattern can take back something below", async () => {
    const volume = new Volume();
    writeTree(volume, "/", ...lines);
    const entered: string[] = [];
    const counting = Object.create(volume, {
      readdirSync: {
        value: (directory: string, options: { encoding: "utf8" }) => {
          entered.push(directory);
          return volume.readdirSync(directory, options);
        },
      },
    }) as Volume;
    await scan("/", { fs: counting, ...ignoring("node_modules\ndocs\n!docs/keep") });
    expect(entered).toEqual(["/", "/docs", "/docs/keep"]);
  });

  it("passes by an excluded directory that cannot be read", async () => {
    const volume = failing("readdirSync", "/d", "EACCES");
    expect(paths(await scan("/", { fs: volume, ...ignoring("d\n!d/x") }))).toEqual(["a"]);
  });
});

describe("scanDirectory with paths to leave out", () => {
  const lines = ["file a 0644 ''", "dir out 0755", "file out/x.tar 0644 ''", "file out/y 0644 ''"];

  it("leaves out the paths of a set, with all below them", async () => {
    const root = await temporaryDirectory();
    writeTree(fs, root, ...lines);
    expect(paths(await scan(root, { exclude: new Set([path.join(root, "out/x.tar")]) }))).toEqual([
      "a",
      "out",
      "out/y",
    ]);
    expect(paths(await scan(root, { exclude: new Set([path.join(root, "out")]) }))).toEqual(["a"]);
    const elsewhere = new Set([root, path.dirname(root), `${root}/out/none/deep`, "/", "a"]);
    expect(paths(await scan(root, { exclude: elsewhere }))).toHaveLength(4);
  });

  it("knows them by their real place, too", async () => {
    const root = await temporaryDirectory();
    writeTree(fs, root, "dir real 0755", "file real/a 0644 ''", "file real/x 0644 ''", "link l -> real");
    const viaLink = new Set([path.join(root, "l/x")]);
    expect(paths(await scan(path.join(root, "real"), { exclude: viaLink }))).toEqual(["a"]);
    const real = new Set([path.join(root, "real/x")]);
    expect(paths(await scan(path.join(root, "l"), { exclude: real }))).toEqual(["a"]);
  });

  it("asks a rule with absolute paths, and only in its folders", async () => {
    const root = fs.realpathSync(await temporaryDirectory());
    writeTree(fs, root, ...lines);
    const asked: string[] = [];
    const isLeftOut = (absolute: string): boolean => {
      asked.push(path.relative(root, absolute));
      return absolute === path.join(root, "out", "y");
    };
    const exclude = { folders: new Set([path.join(root, "out")]), isLeftOut };
    expect(paths(await scan(root, { exclude }))).toEqual(["a", "out", "out/x.tar"]);
    expect(asked).toEqual(["out/x.tar", "out/y"]);
  });
});

describe("scanDirectory on a file system that fails", () => {
  it.each([
    ["readdirSync", "/d", "EACCES", "SNAPSHOT_DIRECTORY_UNREADABLE", "d"],
    ["readdirSync", "/", "EACCES", "SNAPSHOT_DIRECTORY_UNREADABLE", ""],
    ["lstatSync", "/d/b", "EACCES", "SNAPSHOT_ENTRY_UNREADABLE", "d/b"],
    ["lstatSync", "/a", "EIO", "SNAPSHOT_ENTRY_UNREADABLE", "a"],
    ["readlinkSync", "/l", "EIO", "SNAPSHOT_ENTRY_UNREADABLE", "l"],
  ])("turns %s of %s with %s into %s", async (call, at, systemCode, code, entry) => {
    const failure = scan("/", { fs: failing(call, at, systemCode) });
    await expect(failure).rejects.toMatchObject({
      code,
      data: { path: entry, systemCode },
      hint: expect.any(String),
    });
  });

  it.each([
    ["readdirSync", "/d", ["a"]],
    ["lstatSync", "/d/b", ["a", "d"]],
    ["lstatSync", "/a", ["d", "d/b"]],
    ["readlinkSync", "/l", ["a", "d", "d/b"]],
  ])("takes what %s no longer finds at %s as never there", async (call, at, expected) => {
    expect(paths(await scan("/", { fs: failing(call, at, "ENOENT") }))).toEqual(expected);
  });
});

/** Scans a file whose mtime `touch` has set; `root` is its name. */
async function scanTouched(time: string): Promise<ScanResult & { root: string }> {
  const root = await temporaryDirectory();
  execFileSync("touch", ["-d", time, path.join(root, "a")]);
  return { ...(await scan(root)), root: "a" };
}

/** A volume with files `a` and `d/b` of which one call fails for one path. */
function failing(call: string, at: string, code: string): Volume {
  const volume = new Volume();
  writeTree(volume, "/", "file a 0644 'x'", "dir d 0755", "file d/b 0644 'x'");
  if (call === "readlinkSync") volume.symlinkSync("a", "/l");
  const real = volume[call as "lstatSync"].bind(volume) as (name: string, ...rest: unknown[]) => unknown;
  const value = (name: string, ...rest: unknown[]): unknown => {
    if (name === at) throw Object.assign(new Error(code), { code });
    return real(name, ...rest);
  };
  return Object.create(volume, { [call]: { value } }) as Volume;
}

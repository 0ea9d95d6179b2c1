// One measurement of bench/scan.mjs in a process of its own: WAY ROOT CACHE TAR. Prints JSON.
import { spawnSync } from "node:child_process";
import * as disk from "node:fs";
import { Volume } from "memfs";
import { openCache } from "../../packages/cache/dist/index.js";
import {
  compilePatterns,
  diffSnapshots,
  hashFiles,
  scanDirectory,
  scanTar,
} from "../../packages/snapshot/dist/index.js";

const [way, root, dir, tar] = process.argv.slice(2);
const cache = await openCache({ dir, onWarning: console.error });
const patterns = [".git", "*.log", "**/*.tmp", "**/.cache", "dist", "!dist/keep"];
const load = { ms: undefined };
const store = {
  read: async (name) => {
    const startedMs = performance.now();
    const bytes = await cache.indexes.read(name);
    load.ms = performance.now() - startedMs;
    return bytes;
  },
  write: (name, bytes) => cache.indexes.write(name, bytes),
};

/** The tree may be younger than the racy rule allows. */
const now = () => Date.now() + 3000;
const index = { store, trust: "always", now };
const owners = { uid: 0, gid: 0 };
const scan = (more) => scanDirectory({ root, owners, xattrs: "read", ...more });

const ways = {
  bare: () => walk(disk, root),
  learn: async () => {
    const { snapshot, index: learned } = await scan({ index });
    await hashFiles(snapshot, pathsOf(snapshot));
    await learned.save();
    return snapshot.entryCount;
  },
  scan: async () => (await scan({ xattrs: "skip" })).snapshot.entryCount,
  index: async () => (await scan({ index })).snapshot.entryCount,
  patterns: async () => (await scan({ index, ignore: compilePatterns(patterns) })).snapshot.entryCount,
  diff: async () => {
    const { snapshot: before } = await scan({ index });
    const { snapshot: after } = await scan({ index });
    const differences = await diffSnapshots(before, after, { times: "compare" });
    if (differences.length > 0) throw new Error("the tree changed");
    return after.entryCount;
  },
  tar: () => scanOfTar({}),
  "tar patterns": () => scanOfTar({ ignore: compilePatterns(patterns) }),
  "tar -tf": () => {
    const { status, stdout } = spawnSync("sh", ["-c", 'tar -tf "$1" >"$2" && times', "sh", tar, "/dev/null"]);
    if (status !== 0) throw new Error("tar failed");
    // The second line is of the children: 0m0.06s 0m0.05s
    const times = [
      ...String(stdout)
        .split("\n")[1]
        .matchAll(/(\d+)m([\d.]+)s/g),
    ];
    childMs.value = times.reduce(
      (sum, [, minutes, seconds]) => sum + (minutes * 60 + Number(seconds)) * 1000,
      0,
    );
    return 0;
  },
  "memfs bare": () => walk(volume, "/"),
  memfs: async () => (await scan({ root: "/", fs: volume })).snapshot.entryCount,
};

const volume = way.startsWith("memfs") ? volumeOf(root) : undefined;
const childMs = { value: 0 };
const startedMs = performance.now();
const before = process.cpuUsage();
const entries = await ways[way]();
const ms = performance.now() - startedMs;
const { user, system } = process.cpuUsage(before);
const rssMiB = process.resourceUsage().maxRSS / 1024;
const cpuMs = childMs.value || (user + system) / 1000;
console.log(JSON.stringify({ entries, ms, cpuMs, rssMiB, loadMs: load.ms }));

async function scanOfTar(options) {
  const snapshot = await scanTar({ tar, ...options });
  const { entryCount } = snapshot;
  await snapshot[Symbol.asyncDispose]();
  return entryCount;
}

/** A volume with the names of a tree; its files are empty. */
function volumeOf(folder) {
  const made = new Volume();
  const pending = [""];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    made.mkdirSync(`${path}/`, { recursive: true });
    for (const entry of disk.readdirSync(`${folder}${path}`, { withFileTypes: true })) {
      const at = `${path}/${entry.name}`;
      if (entry.isDirectory()) pending.push(at);
      else if (entry.isSymbolicLink()) made.symlinkSync(disk.readlinkSync(`${folder}${at}`), at);
      else made.writeFileSync(at, "");
    }
  }
  return made;
}

function walk(fs, folder) {
  let count = 0;
  for (const name of fs.readdirSync(folder)) {
    const path = `${folder}/${name}`;
    count += 1;
    if (fs.lstatSync(path).isDirectory()) count += walk(fs, path);
  }
  return count;
}

function* pathsOf(snapshot) {
  for (const { type, path } of snapshot.entries()) if (type === "file") yield path;
}

// One measurement of bench/scan.mjs in a process of its own: WAY ROOT CACHE. Prints JSON.
import { lstatSync, readdirSync } from "node:fs";
import { openCache } from "../../packages/cache/dist/index.js";
import {
  compilePatterns,
  diffSnapshots,
  hashFiles,
  scanDirectory,
} from "../../packages/snapshot/dist/index.js";

const [way, root, dir] = process.argv.slice(2);
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
  bare: () => walk(root),
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
};

const startedMs = performance.now();
const before = process.cpuUsage();
const entries = await ways[way]();
const ms = performance.now() - startedMs;
const { user, system } = process.cpuUsage(before);
const rssMiB = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ entries, ms, cpuMs: (user + system) / 1000, rssMiB, loadMs: load.ms }));

function walk(folder) {
  let count = 0;
  for (const name of readdirSync(folder)) {
    const path = `${folder}/${name}`;
    count += 1;
    if (lstatSync(path).isDirectory()) count += walk(path);
  }
  return count;
}

function* pathsOf(snapshot) {
  for (const { type, path } of snapshot.entries()) if (type === "file") yield path;
}

// node bench/scan.mjs [--root FOLDER] [--rounds N] [--full]: what a scan costs beside a bare walk of the same tree, and
// how it grows; also of the same tree in a tar (beside tar -tf) and in a memfs volume (beside a walk of that). Each figure
// is of a process of its own, the ways interleaved round by round; --full adds 1,000,000 files.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    root: { type: "string" },
    rounds: { type: "string", default: "5" },
    full: { type: "boolean", default: false },
  },
});

const filesInFolder = 1000;
/** Of smaller trees most is the time in which the engine warms up. */
const minEntries = 60_000;
const maxRatio = 1.6;
const maxLoadMs = 60;
const maxRssMiB = 1024;
/** Of larger trees a memfs volume alone needs more than a scan may. */
const maxVolumeEntries = 150_000;
const ways = [
  "bare",
  "scan",
  "index",
  "patterns",
  "diff",
  "tar",
  "tar patterns",
  "tar -tf",
  "memfs bare",
  "memfs",
];
const limitedWays = ["index", "patterns", "tar", "tar patterns", "memfs"];

compile();
const scratch = mkdtempSync(join(tmpdir(), "oci-build-bench-scan-"));
try {
  const failures = options.root === undefined ? measureGrowth() : measureTree(options.root, ["diff"]);
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true });
}

function compile() {
  const tsc = join(import.meta.dirname, "../node_modules/typescript/bin/tsc");
  const packages = join(import.meta.dirname, "../packages");
  const projects = ["snapshot", "cache"].map((name) => join(packages, name));
  if (spawnSync(process.execPath, [tsc, "-b", ...projects], { stdio: "inherit" }).status !== 0) {
    throw new Error("the packages do not compile");
  }
}

function measureGrowth() {
  const sizes = options.full ? [10_000, 100_000, 1_000_000] : [10_000, 100_000];
  return sizes.flatMap((size) => {
    const root = generateTree(size);
    try {
      return measureTree(root, []);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
}

/** Empty files: what they hold is no part of what a scan does. */
function generateTree(size) {
  const root = join(scratch, `tree-${size}`);
  for (let folder = 0; folder < size / filesInFolder; folder += 1) {
    const path = join(root, `folder-${folder}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < filesInFolder; file += 1) writeFileSync(join(path, `file-${file}.js`), "");
  }
  return root;
}

/** Gives the limits that were not kept. */
function measureTree(root, leftOut) {
  const cache = mkdtempSync(join(scratch, "cache-"));
  const first = run("learn", root, cache);
  console.log(`\n${root}: ${first.entries} entries`);
  const tar = join(cache, "tree.tar");
  if (spawnSync("tar", ["-cf", tar, "-C", root, "."], { stdio: "inherit" }).status !== 0) {
    throw new Error("the tree cannot be packed with tar");
  }
  const measured = ways.filter((way) => !leftOut.includes(way) && isForSize(way, first.entries));
  const samples = new Map(measured.map((way) => [way, []]));
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const way of measured) samples.get(way).push(run(way, root, cache, tar));
  }
  rmSync(tar);
  const figures = new Map(measured.map((way) => [way, summarize(samples.get(way))]));
  for (const [way, { ms, cpuMs, rssMiB, loadMs }] of figures) {
    const bare = bareOf(way, figures);
    const ratio = `${(ms / bare.ms).toFixed(2)}× (CPU ${(cpuMs / bare.cpuMs).toFixed(2)}×)`;
    const load = loadMs === undefined ? "" : `, index loaded in ${loadMs.toFixed(1)} ms`;
    console.log(
      `  ${way.padEnd(12)} ${ms.toFixed(0).padStart(6)} ms ${ratio}, ${rssMiB.toFixed(0)} MiB${load}`,
    );
  }
  return brokenLimits(figures, first.entries);
}

function isForSize(way, entries) {
  return entries <= maxVolumeEntries || !way.startsWith("memfs");
}

/** What a way is held against: a bare walk of the same tree where it lies; for a tar, of the tree that was packed. */
function bareOf(way, figures) {
  return figures.get(way.startsWith("memfs") ? "memfs bare" : "bare");
}

function brokenLimits(figures, entries) {
  const broken = [];
  for (const way of limitedWays.filter((limited) => figures.has(limited))) {
    if (entries >= minEntries && figures.get(way).cpuMs / bareOf(way, figures).cpuMs > maxRatio)
      broken.push(`${way}: more than ${maxRatio}× of a bare walk`);
  }
  if (entries <= 100_000 && figures.get("index").loadMs > maxLoadMs)
    broken.push(`index: over ${maxLoadMs} ms`);
  for (const [way, { rssMiB }] of figures)
    if (rssMiB > maxRssMiB && !way.startsWith("memfs")) broken.push(`${way}: over ${maxRssMiB} MiB`);
  for (const problem of broken) console.log(`  limit not kept: ${problem}`);
  return broken;
}

function run(way, root, cache, tar = "") {
  const child = join(import.meta.dirname, "scan/measure-scan.mjs");
  const { status, stdout } = spawnSync(process.execPath, [child, way, root, cache, tar], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${way} failed`);
  return JSON.parse(stdout);
}

/** Medians, and the largest memory. */
function summarize(samples) {
  const median = (name) => {
    const sorted = samples.map((sample) => sample[name]).sort((a, b) => a - b);
    return sorted[sorted.length >> 1];
  };
  const rssMiB = Math.max(...samples.map((sample) => sample.rssMiB));
  return { ms: median("ms"), cpuMs: median("cpuMs"), loadMs: median("loadMs"), rssMiB };
}

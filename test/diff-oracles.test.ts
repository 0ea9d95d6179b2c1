import fs from "node:fs";
import path from "node:path";
import type { LayerEntry } from "@oci-build/oci";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffSnapshots, type Snapshot, type SnapshotDifference } from "../packages/snapshot/src/index.js";
import { temporaryFolder } from "./support/build-folder.js";
import {
  overlayFolders,
  overlayObstacle,
  throughOverlay,
  upperEntries,
} from "./support/diff-oracles/overlay.js";
import {
  attributesObstacle,
  changes,
  copied,
  entryLine,
  scanned,
} from "./support/diff-oracles/scanned-tree.js";
import { applyEdit, treeEdits, treeLinesToEdit, writeTreeToEdit } from "./support/diff-oracles/tree-edits.js";
import { layerEntries } from "./support/final-image.js";
import { readSeed } from "./support/property-seed.js";
import { hasTool, runTool } from "./support/tools.js";

const isFull = process.env["OCI_BUILD_TEST_SIZE"] === "full";
const CASES = isFull ? 500 : 40;
const SEED = readSeed(process.env);
const MINUTE_MS = 60_000;

const base = temporaryFolder();
const noAttributes = await attributesObstacle(path.join(base, "attributes"));
const obstacle = noAttributes ?? (await overlayObstacle(path.join(base, "probe")));
let count = 0;

/** Whether the upper directory says the same; it may say more, such as directories that were only opened for writing. */
function isInUpper(entry: LayerEntry, upper: readonly LayerEntry[]): boolean {
  if (entry.type !== "whiteout")
    return upper.some(({ type, path: at }) => at === entry.path && type !== "whiteout" && type !== "opaque");
  return upper.some(
    ({ type, path: at }) =>
      (type === "whiteout" && at === entry.path) || (type === "opaque" && entry.path.startsWith(`${at}/`)),
  );
}

describe(`${CASES} generated edits through overlayfs, seed ${SEED}`, () => {
  it("are in our change set as they are in the upper directory", { timeout: 5 * MINUTE_MS }, async ({
    skip,
  }) => {
    skip(obstacle !== undefined, obstacle);
    await fc.assert(
      fc.asyncProperty(treeLinesToEdit, treeEdits, async (lines, edits) => {
        count += 1;
        const folder = path.join(base, String(count));
        const folders = overlayFolders(folder);
        writeTreeToEdit(folders.lower, lines);
        const before = await copied(await scanned(folders.lower));
        const after = await throughOverlay(folders, async () => {
          for (const edit of edits) applyEdit(folders.merged, edit);
          return copied(await scanned(folders.merged));
        });
        const ours = await changes(before, after);
        const upper = await upperEntries(folders.upper);
        const both = { times: "compare" } as const;
        expect(await diffSnapshots(before.applyEntries(upper), after, both)).toEqual([]);
        expect(await diffSnapshots(before.applyEntries(ours), after, both)).toEqual([]);
        expect(ours.filter((entry) => !isInUpper(entry, upper)).map(entryLine)).toEqual([]);
        fs.rmSync(folder, { recursive: true });
      }),
      { seed: SEED, numRuns: CASES },
    );
  });
});

const umociObstacle =
  process.getuid?.() !== 0
    ? "only root can unpack"
    : hasTool("umoci")
      ? noAttributes
      : "umoci is not installed";

describe(`${CASES} generated edits, repacked by umoci, seed ${SEED}`, () => {
  const layout = path.join(base, "layout");

  /** Makes an image of the lines, tagged by its number. */
  function baseImage(lines: readonly string[], tag: string): void {
    const bundle = path.join(base, `bundle-${tag}`);
    runTool("umoci", ["new", "--image", `${layout}:${tag}`]);
    runTool("umoci", ["unpack", "--image", `${layout}:${tag}`, bundle]);
    writeTreeToEdit(path.join(bundle, "rootfs"), lines);
    runTool("umoci", ["repack", "--image", `${layout}:${tag}`, bundle]);
  }

  it("are in our change set as they are in its layer", { timeout: 5 * MINUTE_MS }, async ({ skip }) => {
    skip(umociObstacle !== undefined, umociObstacle);
    runTool("umoci", ["init", "--layout", layout]);
    const tags = new Map<readonly string[], string>();
    await fc.assert(
      fc.asyncProperty(treeLinesToEdit, treeEdits, async (lines, edits) => {
        if (!tags.has(lines)) baseImage(lines, `base${tags.size}`);
        const tag = tags.get(lines) ?? `base${tags.size}`;
        tags.set(lines, tag);
        count += 1;
        const bundle = path.join(base, String(count));
        const rootfs = path.join(bundle, "rootfs");
        runTool("umoci", ["unpack", "--image", `${layout}:${tag}`, bundle]);
        const before = await copied(await scanned(rootfs));
        for (const edit of edits) applyEdit(rootfs, edit);
        const after = await scanned(rootfs);
        const ours = await changes(before, after);
        runTool("umoci", ["repack", "--image", `${layout}:edited`, bundle]);
        const theirs = await newEntries(layout, "edited");
        const recounted = await recountedNames(before, after);
        // Times aside, which umoci rounds to the nearest second and we cut off.
        const left = await diffSnapshots(before.applyEntries(theirs), after);
        expect(left.filter((difference) => !isOnlyUnlinked(difference))).toEqual([]);
        const written = (entries: readonly LayerEntry[]): readonly string[] =>
          entries
            .filter(({ path: at }) => !recounted.has(at))
            .map((entry) => umociLine(entry, after))
            .sort();
        expect(written(ours)).toEqual(written(theirs.filter((entry) => !isNeedless(entry, after))));
        fs.rmSync(bundle, { recursive: true });
      }),
      { seed: SEED, numRuns: CASES },
    );
  });
});

/** What umoci writes and we do not: the root, and whiteouts below what is no directory any more. */
function isNeedless({ type, path: at }: LayerEntry, after: Snapshot): boolean {
  return (
    at === "" ||
    (type === "whiteout" && after.get(path.dirname(at))?.type !== "directory" && at.includes("/"))
  );
}

/** umoci makes a new name of an old file a file of its own. */
function isOnlyUnlinked(difference: SnapshotDifference): boolean {
  return difference.kind === "changed" && difference.attributes.join() === "hard links";
}

/** Names of files whose other names are all that may have changed. umoci writes them when their count changed. */
async function recountedNames(before: Snapshot, after: Snapshot): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const entry of [...before.entries(), ...after.entries()]) {
    if (entry.type === "file" && entry.linkGroup !== undefined) names.add(entry.path);
  }
  for (const difference of await diffSnapshots(before, after, { times: "compare" })) {
    if (!isOnlyUnlinked(difference)) names.delete(difference.path);
  }
  return names;
}

/** An entry's line, where any name of a file with several is a file. */
function umociLine(entry: LayerEntry, after: Snapshot): string {
  const now = after.get(entry.path);
  return now?.type === "file" && now.linkGroup !== undefined ? `file ${entry.path}` : entryLine(entry);
}

/** What the second layer of a tagged image holds; umoci writes none when nothing changed. */
async function newEntries(layout: string, tag: string): Promise<readonly LayerEntry[]> {
  const read = (digest: string): Buffer =>
    fs.readFileSync(path.join(layout, "blobs/sha256", digest.slice("sha256:".length)));
  const index = JSON.parse(fs.readFileSync(path.join(layout, "index.json"), "utf8")) as Index;
  const image = index.manifests.find(({ annotations }) => Object.values(annotations ?? {}).includes(tag));
  const { layers } = JSON.parse(read(image?.digest ?? "").toString("utf8")) as {
    layers: { digest: string }[];
  };
  const [, layer] = layers;
  return layer === undefined ? [] : layerEntries(read(layer.digest));
}

interface Index {
  readonly manifests: readonly {
    readonly digest: string;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
}

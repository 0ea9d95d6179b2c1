import { utimesSync } from "node:fs";
import { rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, digestHex, digestOf, mediaTypes } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { writes } from "../../test/support/made-up-layer.js";
import { DAY_MS, HOUR_MS, keyOf, TimedStore } from "../../test/support/timed-store.js";
import { openCache, type PrunePolicy, type PruneReport } from "../index.js";

describe("prune by scope", () => {
  it("takes what no project's last build uses, when nothing else is asked for", async () => {
    const store = await twoBuilds();
    const report = await store.cache.prune({});
    expect(texts(report)).toEqual(["old"]);
    expect(report.records[0]?.reason).toBe("dangling");
    expect(await store.left("old", "new", "other")).toEqual(["new", "other"]);
  });

  it("takes every record and log when all is to go, and every file of a layer with them", async () => {
    const store = await twoBuilds();
    const report = await store.cache.prune({ scope: "all" });
    expect(texts(report).toSorted()).toEqual(["new", "old", "other"]);
    for (const folder of ["records", "trees", "segments", "blobs/sha256", "projects"]) {
      expect(await store.files(folder), folder).toEqual([]);
    }
    expect(report.projects.map(({ id }) => id).sort()).toEqual(["app", "web"]);
    expect(report.usedBytes).toBeLessThan(report.reclaimedBytes);
  });

  it("takes what one project alone uses, by id or context, and its log", async () => {
    for (const name of ["app", "/src/app"]) {
      const store = await twoBuilds();
      await store.step("shared");
      await store.build("app", ["new", "shared"]);
      await store.build("web", ["other", "shared"]);
      for (const context of ["/src/app", "/src/web"]) {
        await store.cache.indexes.write({ context, variant: "" }, Buffer.from("index"));
      }
      store.wait(2 * HOUR_MS);
      const report = await store.cache.prune({ projects: [name] });
      expect(texts(report)).toEqual(["old", "new"]);
      expect(report.records[0]?.reason).toBe("project");
      expect(await store.cache.lastBuild("app")).toBeUndefined();
      expect(await store.cache.lastBuild("web")).toBeDefined();
      expect(report.indexes.count).toBe(1);
      expect(await store.cache.indexes.read({ context: "/src/app", variant: "" })).toBeUndefined();
      expect(await store.cache.indexes.read({ context: "/src/web", variant: "" })).toBeDefined();
    }
  });

  it("takes what was built under a tag alone, and the names of images", async () => {
    const store = await twoBuilds();
    await store.cache.tagImage("docker.io/library/app:1", await imageOf(store));
    store.wait(2 * HOUR_MS);
    const report = await store.cache.prune({ tags: ["docker.io/library/app:1"] });
    expect(texts(report)).toEqual(["old", "new"]);
    expect(report.untagged).toEqual(["docker.io/library/app:1"]);
    expect(await store.cache.images()).toEqual([]);
    expect(await store.cache.lastBuild("app")).toBeDefined();
  });

  it("takes nothing for a project or tag that is not known", async () => {
    const store = await twoBuilds();
    expect((await store.cache.prune({ projects: ["none"] })).records).toEqual([]);
    expect((await store.cache.prune({ tags: ["none"] })).records).toEqual([]);
  });
});

describe("prune by age and size", () => {
  it("takes what was not used for so long, least recently used first", async () => {
    const store = await ladder(4);
    const report = await store.cache.prune({ scope: "all", unusedForMs: 2.5 * DAY_MS });
    expect(texts(report)).toEqual(["0", "1"]);
    expect(report.records.map(({ reason }) => reason)).toEqual(["age", "age"]);
    expect(await store.left("0", "1", "2", "3")).toEqual(["2", "3"]);
  });

  it("counts a look-up as a use", async () => {
    const store = await ladder(4);
    await store.cache.lookUp(keyOf("0"));
    expect(texts(await store.cache.prune({ scope: "all", unusedForMs: 2.5 * DAY_MS }))).toEqual(["1"]);
  });

  it("takes as many as it needs to come to the size", async () => {
    const store = await ladder(4);
    const { usedBytes, records } = await store.cache.usage();
    const maxUsedBytes = usedBytes - (records[3]?.bytes ?? 0) - 1;
    const report = await store.cache.prune({ scope: "all", maxUsedBytes });
    expect(texts(report)).toEqual(["0", "1"]);
    expect(report.records.map(({ reason }) => reason)).toEqual(["size", "size"]);
    expect(report.usedBytes).toBeLessThanOrEqual(maxUsedBytes);
    expect((await store.cache.prune({ scope: "all", maxUsedBytes })).records).toEqual([]);
  });

  it("takes nothing that was used since, however large the store is", async () => {
    const store = await ladder(4);
    const policy = { scope: "all", unusedForMs: 2.5 * DAY_MS } as const;
    const both = { ...policy, maxUsedBytes: 0 };
    expect(texts(await store.cache.prune({ ...policy, maxUsedBytes: 1e12 }))).toEqual([]);
    const report = await store.cache.prune(both);
    expect(texts(report)).toEqual(["0", "1"]);
    expect(report.records.map(({ reason }) => reason)).toEqual(["size", "size"]);
    expect(texts(await store.cache.prune({ ...both, unusedForMs: undefined }))).toEqual(["2", "3"]);
  });

  it("takes more while the disk has too little free space", async () => {
    const store = await ladder(2);
    const report = await store.cache.prune({ scope: "all", minFreeBytes: Number.MAX_SAFE_INTEGER });
    expect(texts(report)).toEqual(["0", "1"]);
  });

  it("takes nothing while the store is below its reserve", async () => {
    const store = await ladder(3);
    await store.build("app", ["0"]);
    store.wait(2 * HOUR_MS);
    for (const more of [{ unusedForMs: 1 }, {}]) {
      const report = await store.cache.prune({ scope: "all", reservedBytes: 1e12, ...more });
      expect(report).toMatchObject({ records: [], projects: [], reclaimedBytes: 0 });
    }
  });

  it("forgets projects that were not built for so long", async () => {
    const store = await TimedStore.open();
    await store.build("app", []);
    store.wait(3 * DAY_MS);
    await store.build("web", []);
    const report = await store.cache.prune({ scope: "all", unusedForMs: 2 * DAY_MS });
    expect(report.projects.map(({ id }) => id)).toEqual(["app"]);
  });

  it("keeps logs of projects when only size decides", async () => {
    const store = await twoBuilds();
    const report = await store.cache.prune({ scope: "all", maxUsedBytes: 0 });
    expect(report.records).toHaveLength(3);
    expect(report.projects).toEqual([]);
  });
});

describe("prune never takes", () => {
  it("a blob that another record needs", async () => {
    const store = await TimedStore.open();
    await store.step("one", "same bytes");
    store.wait(DAY_MS);
    await store.step("two", "same bytes");
    store.wait(DAY_MS);
    const report = await store.cache.prune({ scope: "all", unusedForMs: 1.5 * DAY_MS });
    expect(texts(report)).toEqual(["one"]);
    expect(await store.incomplete()).toEqual([]);
  });

  it("the files of an image that has a name", async () => {
    const store = await TimedStore.open();
    const image = await imageOf(store);
    await store.cache.tagImage("docker.io/library/app:1", image);
    store.wait(DAY_MS);
    await store.cache.prune({ scope: "all" });
    expect(await store.cache.blobs.size(image.digest)).toBe(image.size);
    expect(await store.files("blobs/sha256")).toHaveLength(3);
    await store.cache.untagImage("docker.io/library/app:1");
    await store.cache.prune({ scope: "all" });
    expect(await store.files("blobs/sha256")).toEqual([]);
  });

  it("a record with a file that is younger than an hour", async () => {
    const store = await TimedStore.open();
    await store.step("young");
    store.wait(HOUR_MS - 1000);
    const report = await store.cache.prune({ scope: "all" });
    expect(report).toMatchObject({ records: [], kept: { young: 1, inUse: 0 } });
    store.wait(2000);
    expect(texts(await store.cache.prune({ scope: "all" }))).toEqual(["young"]);
  });

  it("what was used since a live lease began", async () => {
    const store = await ladder(3);
    const lease = await store.at(() => store.cache.lease());
    store.wait(60_000);
    await store.cache.lookUp(keyOf("0"));
    store.wait(2 * DAY_MS);
    const report = await store.cache.prune({ scope: "all" });
    expect(texts(report)).toEqual(["1", "2"]);
    expect(report.kept).toEqual({ inUse: 1, young: 0, foldersInUse: 0 });
    await lease.release();
    expect(texts(await store.cache.prune({ scope: "all" }))).toEqual(["0"]);
  });

  it("what a build used whose clock was set back after its lease", async () => {
    const store = await ladder(2);
    const lease = await store.at(() => store.cache.lease());
    store.wait(-5 * HOUR_MS);
    // The heartbeat, which tells of it.
    const [name = ""] = await store.files("leases");
    await utimes(join(store.cache.root, "leases", name), store.nowMs / 1000, store.nowMs / 1000);
    await store.cache.lookUp(keyOf("0"));
    store.wait(8 * HOUR_MS);
    expect(texts(await store.cache.prune({ scope: "all" }))).toEqual(["1"]);
    await lease.release();
  });
});

describe("a record that a build finds while prune works", () => {
  it("stays whenever that was, as each time at which prune looks at its clock shows", async () => {
    const outcomes: string[] = [];
    for (let at = 0; outcomes.at(-1) !== "never found"; at++) outcomes.push(await foundAtCall(at));
    expect(outcomes.slice(0, -1)).not.toContain("found and gone");
    expect(outcomes).toContain("found and there");
    // At the least for the plan, for the second look, and between that and the moving aside.
    expect(outcomes.length).toBeGreaterThan(3);
  });
});

/** Prunes, and marks a record as a look-up does when the prune asks its clock for this time. A build holds a lease. */
async function foundAtCall(at: number): Promise<string> {
  const store = await ladder(1);
  await using _ = await store.at(() => store.cache.lease());
  const record = join(store.cache.root, "records", digestHex(keyOf("0").digest));
  let calls = 0;
  const lookUps: ("found" | "missed")[] = [];
  const now = (): number => {
    if (calls++ === at) lookUps.push(markedAs(record, store.nowMs));
    return store.nowMs;
  };
  const pruning = await openCache({ dir: join(store.cache.root, ".."), now });
  calls = 0;
  await pruning.prune({ scope: "all" });
  const [found = "never found"] = lookUps;
  if (found !== "found") return found;
  const left = await store.left("0");
  return left.length === 1 && (await store.incomplete()).length === 0 ? "found and there" : "found and gone";
}

function markedAs(path: string, nowMs: number): "found" | "missed" {
  try {
    utimesSync(path, nowMs / 1000, nowMs / 1000);
    return "found";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return "missed";
  }
}

describe("prune", () => {
  it("tells the same in a dry run, and changes nothing", async () => {
    const policies: readonly PrunePolicy[] = [
      {},
      { scope: "all" },
      { scope: "all", unusedForMs: DAY_MS },
      { projects: ["app"] },
    ];
    for (const policy of policies) {
      const store = await twoBuilds();
      const before = await store.cache.usage();
      const told = await store.cache.prune({ ...policy, mode: "dry-run" });
      expect(await store.cache.usage()).toEqual(before);
      const done = await store.cache.prune(policy);
      // The tombstones that it left take a block.
      expect(done).toEqual(told);
    }
  });

  it("does nothing the second time", async () => {
    const store = await twoBuilds();
    await store.cache.prune({ scope: "all" });
    const again = await store.cache.prune({ scope: "all" });
    expect(again).toMatchObject({ records: [], leftovers: { count: 0 }, projects: [], reclaimedBytes: 0 });
  });

  it("leaves a tombstone for each record, with time and reason", async () => {
    const store = await ladder(2);
    await store.cache.prune({ scope: "all", unusedForMs: 1.5 * DAY_MS });
    const collectedSec = Math.floor(store.nowMs / 1000);
    expect(await store.cache.tombstone(keyOf("0").digest)).toEqual({
      key: keyOf("0").digest,
      collectedSec,
      reason: "age",
    });
    expect(await store.cache.tombstone(keyOf("1").digest)).toBeUndefined();
  });

  it("takes what nothing refers to: blobs without a record, trees and tables", async () => {
    const store = await TimedStore.open();
    await store.at(() => store.cache.writeLayer(writes("nobody's")));
    expect((await store.cache.prune({})).leftovers.count).toBe(0);
    store.wait(2 * HOUR_MS);
    const report = await store.cache.prune({});
    expect(report.leftovers.count).toBe(3);
    expect(report.leftovers.bytes).toBe(report.reclaimedBytes);
    expect(await store.files("blobs/sha256")).toEqual([]);
  });

  it("takes the rest of a layer whose prune was interrupted", async () => {
    const store = await ladder(1);
    await rm(join(store.cache.root, "records", digestHex(keyOf("0").digest)));
    const report = await store.cache.prune({});
    expect(report.leftovers.count).toBe(3);
  });

  it("takes damaged records like any other", async () => {
    const store = await ladder(1);
    const path = join(store.cache.root, "records", digestHex(keyOf("0").digest));
    await store.at(() => writeFile(path, "damaged"));
    store.wait(DAY_MS);
    const report = await store.cache.prune({ scope: "all" });
    expect(report.records).toHaveLength(1);
    expect(await store.files("blobs/sha256")).toEqual([]);
  });

  it("takes more files than one batch holds", async () => {
    const store = await TimedStore.open();
    for (let index = 0; index < 150; index++) {
      await store.cache.record(keyOf(String(index)), { stepName: "x" });
    }
    store.wait(DAY_MS);
    expect((await store.cache.prune({ scope: "all" })).records).toHaveLength(150);
    expect(await store.files("records")).toEqual([]);
  });
});

/** Projects app, built twice, and web; all files are older than an hour. */
async function twoBuilds(): Promise<TimedStore> {
  const store = await TimedStore.open();
  const tags = ["docker.io/library/app:1"];
  await store.step("old");
  await store.build("app", ["old"], tags);
  store.wait(DAY_MS);
  await store.step("new");
  await store.build("app", ["new"], tags);
  await store.step("other");
  await store.build("web", ["other"]);
  store.wait(2 * HOUR_MS);
  return store;
}

/** Records 0, 1, …, one a day; the last was used a day ago. */
async function ladder(count: number): Promise<TimedStore> {
  const store = await TimedStore.open();
  for (let index = 0; index < count; index++) {
    await store.step(String(index));
    store.wait(DAY_MS);
  }
  return store;
}

function texts(report: PruneReport): readonly string[] {
  return report.records.map(({ stepName }) => stepName.split(" ")[1] ?? stepName);
}

async function imageOf(store: TimedStore): Promise<{ mediaType: string; digest: Digest; size: number }> {
  const layer = await put(store, "layer");
  const config = await put(store, "config");
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.imageManifest,
    config: { mediaType: mediaTypes.imageConfig, digest: config, size: 6 },
    layers: [{ mediaType: mediaTypes.layerGzip, digest: layer, size: 5 }],
  });
  const digest = await put(store, manifest);
  return { mediaType: mediaTypes.imageManifest, digest, size: manifest.length };
}

function put(store: TimedStore, text: string): Promise<Digest> {
  return store.at(async () => {
    const writer = await store.cache.blobs.writer();
    await writer.write(Buffer.from(text));
    return (await writer.commit(digestOf(text))).digest;
  });
}

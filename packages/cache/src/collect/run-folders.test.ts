import { chmod, mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { digestOf } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { DAY_MS, TimedStore } from "../../test/support/timed-store.js";
import { type MountRequest, openCache } from "../index.js";
import { currentProcess } from "../process/process-identity.js";
import { ownedName } from "../store/temporary-name.js";

const request = (id: string): MountRequest => ({
  id,
  sharing: "shared",
  variant: "root",
  make: (folder) => mkdir(folder),
});

/** Uses a cache mount, which leaves a file of so many bytes in it. */
async function use(store: TimedStore, id: string, bytes = 10_000): Promise<void> {
  await using lease = await store.cache.takeMounts([request(id)]);
  await writeFile(join(lease.folders[0] ?? "", "file"), Buffer.alloc(bytes, 1));
}

/** Makes what an executor has of an unpacked layer. */
async function unpack(store: TimedStore, text: string): Promise<string> {
  const folder = join(await store.cache.unpackedFolder(), "root", digestOf(text).slice("sha256:".length));
  await mkdir(join(folder, "root"), { recursive: true });
  await writeFile(join(folder, "root", "file"), Buffer.alloc(20_000, 1));
  await utimes(folder, store.nowMs / 1000, store.nowMs / 1000);
  return folder;
}

const idsOf = async ({ cache }: TimedStore): Promise<readonly string[]> =>
  (await cache.usage()).mounts.map(({ id }) => id);

describe("what RUN keeps", () => {
  it("is told of with its last use, and counts as used", async () => {
    const store = await TimedStore.open();
    const { usedBytes } = await store.cache.usage();
    await use(store, "npm");
    store.wait(DAY_MS);
    await use(store, "apt");
    await unpack(store, "base");
    const usage = await store.cache.usage();
    expect(usage.mounts.map(({ id, state }) => [id, state])).toEqual([
      ["apt", "idle"],
      ["npm", "idle"],
    ]);
    const [apt, npm] = usage.mounts;
    expect((apt?.lastUsedSec ?? 0) - (npm?.lastUsedSec ?? 0)).toBe(DAY_MS / 1000);
    expect(usage.kinds.mounts.count).toBe(2);
    expect(usage.kinds.unpacked.count).toBe(1);
    expect(usage.usedBytes - usedBytes).toBeGreaterThan(2 * 10_000 + 20_000);
    expect(usage.reclaimableBytes).toBeGreaterThan(2 * 10_000 + 20_000);
  });

  it("stays when only what no build uses is to go", async () => {
    const store = await TimedStore.open();
    await use(store, "npm");
    await unpack(store, "base");
    store.wait(DAY_MS);
    await store.cache.prune({});
    expect((await store.cache.usage()).kinds).toMatchObject({ mounts: { count: 1 }, unpacked: { count: 1 } });
  });

  it("goes when its build was killed, at each prune, and not while its build runs", async () => {
    const store = await TimedStore.open();
    const self = currentProcess();
    const runs = join(await store.cache.unpackedFolder(), "runs-0");
    const [killed, live] = [ownedName({ ...self, pid: 2 ** 22 + 1 }), ownedName(self)];
    for (const name of [killed, live, "other"]) {
      await mkdir(join(runs, name, "r1", "work", "work"), { recursive: true });
      await writeFile(join(runs, name, "r1", "file"), Buffer.alloc(20_000, 1));
    }
    const { reclaimableBytes } = await store.cache.usage();
    expect(reclaimableBytes).toBeGreaterThan(20_000);
    expect(reclaimableBytes).toBeLessThan(40_000);
    expect(await store.cache.prune({ kinds: ["records"] })).toMatchObject({ abandoned: { count: 0 } });
    const dry = await store.cache.prune({ mode: "dry-run" });
    expect(await readdir(runs)).toHaveLength(3);
    const report = await store.cache.prune({});
    expect(report).toEqual(dry);
    expect(report).toMatchObject({ abandoned: { count: 1 }, reclaimedBytes: reclaimableBytes });
    expect((await readdir(runs)).toSorted()).toEqual([live, "other"].toSorted());
    expect((await store.cache.usage()).usedBytes).toBeLessThanOrEqual(report.usedBytes);
  });

  it("goes when everything is to go, and the report tells it", async () => {
    const store = await TimedStore.open();
    await use(store, "npm");
    await unpack(store, "base");
    store.wait(DAY_MS);
    const dry = await store.cache.prune({ scope: "all", mode: "dry-run" });
    const report = await store.cache.prune({ scope: "all" });
    expect(report).toMatchObject({ mounts: [{ id: "npm", reason: "all" }], unpacked: { count: 1 } });
    expect(report.mounts).toEqual(dry.mounts);
    expect(report.reclaimedBytes).toBeGreaterThan(30_000);
    expect((await store.cache.usage()).kinds).toMatchObject({ mounts: { count: 0 }, unpacked: { count: 0 } });
    expect(await readdir(join(store.cache.root, "tmp"))).toEqual([]);
  });

  it("goes by age and size, least recently used first, among records", async () => {
    const store = await TimedStore.open();
    await use(store, "old", 1_000_000);
    store.wait(DAY_MS);
    await store.step("record");
    await use(store, "new", 1_000_000);
    store.wait(DAY_MS);
    const byAge = await store.cache.prune({ scope: "all", unusedForMs: 1.5 * DAY_MS, mode: "dry-run" });
    expect(byAge.mounts.map(({ id, reason }) => [id, reason])).toEqual([["old", "age"]]);
    const { usedBytes } = await store.cache.usage();
    const bySize = await store.cache.prune({ scope: "all", maxUsedBytes: usedBytes - 500_000 });
    expect(bySize.mounts.map(({ id, reason }) => [id, reason])).toEqual([["old", "size"]]);
    expect(bySize.records).toEqual([]);
    expect(await idsOf(store)).toEqual(["new"]);
  });

  it("goes alone when a policy is about its kind", async () => {
    const store = await TimedStore.open();
    await store.step("record");
    await use(store, "npm");
    const unpacked = await unpack(store, "base");
    store.wait(DAY_MS);
    const report = await store.cache.prune({ scope: "all", kinds: ["mounts"] });
    expect(report).toMatchObject({ records: [], mounts: [{ id: "npm" }], unpacked: { count: 0 } });
    expect(await store.left("record")).toEqual(["record"]);
    expect(await readdir(unpacked)).toEqual(["root"]);
    expect((await store.cache.prune({ scope: "all", kinds: ["records"] })).unpacked.count).toBe(0);
    expect(await store.left("record")).toEqual([]);
  });

  it("stays while somebody uses it, or a build runs that may", async () => {
    const store = await TimedStore.open();
    const lease = await store.cache.takeMounts([request("npm")]);
    store.wait(DAY_MS);
    expect(await store.cache.prune({ scope: "all" })).toMatchObject({
      mounts: [],
      kept: { foldersInUse: 1 },
    });
    await lease.release();
    await store.at(() => store.cache.lease());
    await use(store, "npm");
    await unpack(store, "base");
    expect(await store.cache.prune({ scope: "all" })).toMatchObject({
      mounts: [],
      unpacked: { count: 0 },
      kept: { foldersInUse: 2 },
    });
  });

  it.skipIf(process.getuid?.() === 0)(
    "is removed by whoever may, where this user may not (skipped: root may remove all)",
    async () => {
      const store = await TimedStore.open();
      await using lease = await store.cache.takeMounts([request("npm")]);
      const closed = join(lease.folders[0] ?? "", "closed");
      await mkdir(closed);
      await writeFile(join(closed, "file"), "");
      await chmod(closed, 0o555);
      await lease.release();
      store.wait(DAY_MS);
      const cache = await openCache({
        dir: dirname(store.cache.root),
        now: () => store.nowMs,
        removeFolder: async (folder) => {
          await chmod(join(folder, "data", "closed"), 0o755);
          await rm(folder, { recursive: true });
        },
      });
      expect(await cache.prune({ scope: "all" })).toMatchObject({ mounts: [{ id: "npm" }] });
      expect(await readdir(join(cache.root, "tmp"))).toEqual([]);
    },
  );

  it("is verified: a mount that does not say what it is, and layers as somebody sees them", async () => {
    const store = await TimedStore.open();
    await use(store, "npm");
    await unpack(store, "base");
    const seen: string[] = [];
    const checkUnpacked = ({ diffId }: { readonly diffId: string }): Promise<string | undefined> => {
      seen.push(diffId);
      return Promise.resolve("file is not what it was");
    };
    const [name = ""] = await readdir(join(store.cache.root, "mounts"));
    await writeFile(join(store.cache.root, "mounts", name, "info"), "{}");
    expect((await store.cache.verify()).damages.map(({ kind }) => kind)).toEqual(["mount"]);
    const { damages } = await store.cache.verify({ checkUnpacked, damaged: "forget" });
    expect(damages).toMatchObject([
      { kind: "mount", path: `mounts/${name}` },
      { kind: "unpacked", problem: "file is not what it was" },
    ]);
    expect(seen).toEqual([digestOf("base")]);
    expect((await store.cache.verify({ checkUnpacked })).damages).toEqual([]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Lease, PrunePolicy } from "../src/index.js";
import { DAY_MS, HOUR_MS, keyOf, TimedStore } from "./support/timed-store.js";

const names = ["a", "b", "c", "d", "e"] as const;
const name = fc.constantFrom(...names);

/** Layers that are shared by several keys, or by none. */
const step = fc.record({ kind: fc.constant("step" as const), key: name, layer: name });
const use = fc.record({ kind: fc.constant("use" as const), key: name });
const build = fc.record({
  kind: fc.constant("build" as const),
  project: name,
  keys: fc.subarray([...names]),
});
const wait = fc.record({
  kind: fc.constant("wait" as const),
  ms: fc.constantFrom(1_000, 10 * 60_000, HOUR_MS, DAY_MS, 30 * DAY_MS),
});
const lease = fc.record({ kind: fc.constant("lease" as const), on: fc.boolean() });
const policy: fc.Arbitrary<PrunePolicy> = fc.oneof(
  fc.record({
    scope: fc.constantFrom("all" as const, "dangling" as const),
    unusedForMs: fc.option(fc.constantFrom(0, HOUR_MS, 10 * DAY_MS), { nil: undefined }),
    maxUsedBytes: fc.option(fc.constantFrom(0, 20_000, 40_000), { nil: undefined }),
    reservedBytes: fc.option(fc.constantFrom(0, 40_000), { nil: undefined }),
  }),
  fc.record({ projects: fc.subarray([...names], { minLength: 1 }) }),
  fc.record({ tags: fc.subarray([...names], { minLength: 1 }) }),
);
const prune = fc.record({ kind: fc.constant("prune" as const), policy });
const actions = fc.array(fc.oneof(step, use, use, build, wait, wait, lease, prune), {
  minLength: 8,
  maxLength: 16,
  size: "max",
});
/** The layer of each key at the beginning: there are three. */
const layers = fc.array(fc.constantFrom("x", "y", "z"), { minLength: names.length, maxLength: names.length });

describe("after any prune", () => {
  it("every record is whole, every one that went has a tombstone, and what a lease protects is there", async () => {
    await fc.assert(
      fc.asyncProperty(layers, actions, prune, async (layerOf, some, last) => {
        const store = await TimedStore.open();
        const leases: { readonly lease: Lease; readonly sinceMs: number }[] = [];
        const usedMs = new Map<string, number>();
        for (const [index, key] of names.entries()) await store.step(key, layerOf[index]);
        store.wait(2 * HOUR_MS);
        for (const action of [...some, last]) {
          if (action.kind === "step") {
            await store.step(action.key, action.layer);
            usedMs.set(action.key, store.nowMs);
          } else if (action.kind === "use") {
            if ((await store.cache.lookUp(keyOf(action.key))) !== undefined)
              usedMs.set(action.key, store.nowMs);
          } else if (action.kind === "build") {
            await store.build(action.project, action.keys, [action.project]);
          } else if (action.kind === "wait") {
            store.wait(action.ms);
          } else if (action.kind === "lease") {
            if (action.on)
              leases.push({ lease: await store.at(() => store.cache.lease()), sinceMs: store.nowMs });
            else await leases.pop()?.lease.release();
          } else {
            const floorMs = Math.min(...leases.map(({ sinceMs }) => sinceMs));
            await checkPrune(store, action.policy, { floorMs, usedMs });
          }
        }
        for (const held of leases) await held.lease.release();
      }),
      { numRuns: 30 },
    );
  });
});

interface Facts {
  readonly floorMs: number;
  readonly usedMs: Map<string, number>;
}

async function checkPrune(store: TimedStore, policy: PrunePolicy, { floorMs, usedMs }: Facts): Promise<void> {
  const before = await store.left(...names);
  const told = await store.cache.prune({ ...policy, mode: "dry-run" });
  const report = await store.cache.prune(policy);
  expect(report).toEqual(told);
  const after = await store.left(...names);
  const gone = before.filter((key) => !after.includes(key));

  expect(await store.incomplete()).toEqual([]);
  expect(report.records.map(({ key }) => key).sort()).toEqual(gone.map((key) => keyOf(key).digest).sort());
  for (const { key, reason } of report.records) {
    expect(await store.cache.tombstone(key)).toMatchObject({ key, reason });
  }
  const inUse = before.filter((key) => (usedMs.get(key) ?? 0) >= floorMs);
  expect(after).toEqual(expect.arrayContaining(inUse));
  const times = report.records.map(({ lastUsedSec }) => lastUsedSec);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect((await store.cache.prune(policy)).reclaimedBytes).toBe(0);
}

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { OciBuildError } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { DAY_MS, HOUR_MS, TimedStore } from "../../test/support/timed-store.js";
import { openCache, type PruneReport } from "../index.js";

/** Of all records that went. */
function reasons(reports: readonly PruneReport[]): readonly string[] {
  return reports.flatMap(({ records }) => records.map(({ reason }) => reason));
}

describe("tidy", () => {
  it("leaves a new store alone, and then works once a day", async () => {
    const store = await TimedStore.open();
    expect(await store.cache.tidy()).toEqual([]);
    store.wait(DAY_MS - 1000);
    expect(await store.cache.tidy()).toEqual([]);
    store.wait(2000);
    expect(await store.cache.tidy()).toMatchObject([{ records: [] }]);
    expect(await store.cache.tidy()).toEqual([]);
  });

  it("takes what was not used for 60 days", async () => {
    const store = await TimedStore.open();
    await store.cache.tidy();
    await store.step("old");
    store.wait(DAY_MS);
    await store.step("new");
    store.wait(59.5 * DAY_MS);
    expect(reasons(await store.cache.tidy())).toEqual(["age"]);
    expect(await store.left("old", "new")).toEqual(["new"]);
  });

  it("keeps the store within a limit, and no limit when there is to be none", async () => {
    const store = await TimedStore.open();
    await store.cache.tidy();
    await store.step("a");
    store.wait(2 * DAY_MS);
    expect(reasons(await store.cache.tidy("unlimited"))).toEqual([]);
    store.wait(2 * DAY_MS);
    await store.step("b");
    store.wait(59 * DAY_MS);
    await store.step("c");
    store.wait(2 * DAY_MS);
    expect(reasons(await store.cache.tidy(0))).toEqual(["age", "age", "size"]);
  });

  it("works again after the clock was set back", async () => {
    const store = await TimedStore.open();
    store.wait(10 * DAY_MS);
    await store.cache.tidy();
    store.wait(-5 * DAY_MS);
    expect(await store.cache.tidy()).toHaveLength(1);
    expect(await store.cache.tidy()).toEqual([]);
  });

  it("makes a warning of what goes wrong", async () => {
    const store = await TimedStore.open();
    await store.cache.tidy();
    const { root } = store.cache;
    const warnings: OciBuildError[] = [];
    const cache = await openCache({
      dir: join(root, ".."),
      now: () => store.nowMs,
      onWarning: (warning) => void warnings.push(warning),
    });
    await rm(join(root, "locks"), { recursive: true });
    await writeFile(join(root, "locks"), "no folder");
    store.wait(DAY_MS + HOUR_MS);
    expect(await cache.tidy()).toEqual([]);
    expect(warnings.map(({ code }) => code)).toEqual(["CACHE_NOT_WRITABLE"]);
  });
});

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { OciBuildError } from "@oci-build/oci";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Cache, openCache } from "../src/index.js";
import { madeUpLayer, writes } from "./support/made-up-layer.js";
import { temporaryFolder } from "./support/temporary-folder.js";
import { keyOf } from "./support/timed-store.js";

describe("a store that is not there and is to be left so", () => {
  it("is as an empty one, with a warning", async () => {
    const { cache, warnings, folder, temporary } = await absentStore();
    expect(warnings.map(({ code }) => code)).toEqual(["CACHE_MISSING"]);
    expect(await cache.lookUp(keyOf("any"))).toBeUndefined();
    expect(await cache.layer(madeUpLayer("any"))).toBeUndefined();
    expect(await cache.lastBuild("any")).toBeUndefined();
    expect(await cache.images()).toEqual([]);
    expect(await cache.projects()).toEqual([]);
    expect(await cache.verify()).toMatchObject({ damages: [] });
    expect([await readdir(folder), await readdir(temporary)]).toEqual([[], []]);
  });

  it("takes what is added for as long as a lease is held, and is not made", async () => {
    const { cache, folder, temporary } = await absentStore();
    const lease = await cache.lease();
    await cache.writeLayer(writes("new"));
    expect(await cache.layer(madeUpLayer("new"))).toBeDefined();
    expect(await readdir(temporary)).toHaveLength(1);
    await lease.release();
    expect(await cache.layer(madeUpLayer("new"))).toBeUndefined();
    expect([await readdir(folder), await readdir(temporary)]).toEqual([[], []]);
  });

  it("is one like any other once somebody has made it", async () => {
    const { cache, dir, temporary } = await absentStore();
    const made = await openCache({ dir });
    await made.writeLayer(writes("new"));
    expect(await cache.layer(madeUpLayer("new"))).toBeDefined();
    const warnings: OciBuildError[] = [];
    const onWarning = (warning: OciBuildError): void => void warnings.push(warning);
    const again = await openCache({ dir, whenMissing: "leave", onWarning });
    expect(await again.layer(madeUpLayer("new"))).toBeDefined();
    await using _ = await again.lease();
    expect([warnings, await readdir(temporary)]).toEqual([[], []]);
  });
});

interface AbsentStore {
  readonly cache: Cache;
  readonly warnings: readonly OciBuildError[];
  readonly folder: string;
  readonly dir: string;
  readonly temporary: string;
}

async function absentStore(): Promise<AbsentStore> {
  const [folder, temporary] = [await temporaryFolder(), await temporaryFolder()];
  vi.stubEnv("TMPDIR", temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  const warnings: OciBuildError[] = [];
  const dir = join(folder, "cache");
  const onWarning = (warning: OciBuildError): void => void warnings.push(warning);
  return {
    cache: await openCache({ dir, whenMissing: "leave", onWarning }),
    ...{ warnings, folder, dir, temporary },
  };
}

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestOf, type OciBuildError } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/support/temporary-folder.js";
import { openCache } from "../index.js";
import { currentProcess } from "../process/process-identity.js";
import { storePaths } from "../store/store-paths.js";
import { PRUNE_REASONS, type Tombstone } from "./tombstone.js";
import { decodeTombstones, encodeTombstones } from "./tombstone-codec.js";
import { TOMBSTONES_MAX, TombstoneStore } from "./tombstone-store.js";

describe("TombstoneStore", () => {
  it("gives back each tombstone with its time and reason", async () => {
    const { tombstones, cache } = await opened();
    const added = PRUNE_REASONS.map((reason, index) => tombstoneOf(reason, index, reason));
    await tombstones.add(added);
    expect(await tombstones.list()).toEqual(added);
    for (const tombstone of added) expect(await cache.tombstone(tombstone.key)).toEqual(tombstone);
    expect(await cache.tombstone(digestOf("never"))).toBeUndefined();
  });

  it("keeps one tombstone a key, the newest", async () => {
    const { tombstones } = await opened();
    await tombstones.add([tombstoneOf("a", 1), tombstoneOf("b", 1)]);
    await tombstones.add([tombstoneOf("a", 2)]);
    expect(await tombstones.list()).toEqual([tombstoneOf("b", 1), tombstoneOf("a", 2)]);
  });

  it("forgets the oldest when there are too many", async () => {
    const { tombstones } = await opened();
    const many = Array.from({ length: TOMBSTONES_MAX }, (_, index) => tombstoneOf(String(index), index));
    await tombstones.add(many);
    await tombstones.add([tombstoneOf("one more", 7)]);
    expect(await tombstones.list()).toHaveLength(TOMBSTONES_MAX);
    expect(await tombstones.find(digestOf("0"))).toBeUndefined();
    expect(await tombstones.find(digestOf("1"))).toBeDefined();
    expect(await tombstones.find(digestOf("one more"))).toBeDefined();
  });

  it("begins anew after damage, with a warning", async () => {
    const { tombstones, root, warnings } = await opened();
    await writeFile(join(root, "tombstones"), "damaged");
    expect(await tombstones.find(digestOf("a"))).toBeUndefined();
    await tombstones.add([tombstoneOf("a", 1)]);
    expect(await tombstones.find(digestOf("a"))).toBeDefined();
    expect(new Set(warnings.map(({ code }) => code))).toEqual(new Set(["CACHE_ENTRY_CORRUPT"]));
  });
});

describe("decodeTombstones", () => {
  it("refuses a row that is cut off, and a reason that is not known", () => {
    const bytes = encodeTombstones([tombstoneOf("a", 1)]);
    expect(() => decodeTombstones(bytes.subarray(0, 39))).toThrow(RangeError);
    bytes[38] = PRUNE_REASONS.length;
    expect(() => decodeTombstones(bytes)).toThrow(RangeError);
  });
});

function tombstoneOf(text: string, collectedSec: number, reason: Tombstone["reason"] = "size"): Tombstone {
  return { key: digestOf(text), collectedSec, reason };
}

async function opened() {
  const dir = await temporaryFolder();
  const warnings: OciBuildError[] = [];
  const onWarning = (warning: OciBuildError): void => void warnings.push(warning);
  const cache = await openCache({ dir, onWarning });
  const store = { paths: storePaths(dir), self: currentProcess(), now: Date.now, onWarning };
  return {
    cache,
    root: cache.root,
    warnings,
    tombstones: new TombstoneStore({
      ...store,
      signal: undefined,
      owner: undefined,
      removeFolder: undefined,
    }),
  };
}

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { digestOf, type OciBuildError } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { type Cache, keyField, openCache, stepKey } from "../src/index.js";
import { startChild } from "./support/run-child.js";
import { temporaryFolder } from "./support/temporary-folder.js";

describe("a store whose process was killed", () => {
  it("has no half-written blob, no leftover, no lease and no lock of it", async () => {
    const dir = await temporaryFolder();
    await using child = startChild("hold-half-written", [dir]);
    expect(await child.nextLine()).toBe("holding");
    const before = await openCache({ dir });
    expect(await listed(before, "tmp")).toHaveLength(1);
    expect(await listed(before, "leases")).toHaveLength(1);

    child.process.kill("SIGKILL");
    await child.ended();
    const after = await openCache({ dir });
    expect(await listed(after, "tmp")).toEqual([]);
    expect(await listed(after, "leases")).toEqual([]);
    expect(await after.blobs.size(digestOf("half"))).toBeUndefined();
    await after.record(stepKey([keyField("a", "absent", null)]), { stepName: "not locked out" });
  });

  it("keeps all that was recorded, whenever the kill came", async () => {
    const dir = await temporaryFolder();
    let next = 0;
    for (let round = 0; round < 4; round++) {
      await using child = startChild("keep-building", [dir, String(next)]);
      const told = Number(await child.nextLine());
      await delay(round * 4);
      child.process.kill("SIGKILL");
      await child.ended();
      const warnings: OciBuildError[] = [];
      const cache = await openCache({ dir, onWarning: (warning) => warnings.push(warning) });
      for (let index = 0; index <= told; index++) await expectWhole(cache, index);
      next = (await lastRecorded(cache, told)) + 1;
      expect(await cache.images()).toHaveLength(1);
      expect(await listed(cache, "tmp")).toEqual([]);
      expect(warnings).toEqual([]);
    }
  });
});

function listed(cache: Cache, folder: string): Promise<readonly string[]> {
  return readdir(join(cache.root, folder));
}

async function expectWhole(cache: Cache, index: number): Promise<void> {
  const record = await cache.lookUp(stepKey([keyField("index", "number", index)]));
  const [recorded] = record?.layers ?? [];
  const layer = recorded === undefined ? undefined : await cache.layer(recorded);
  expect(layer, `layer ${index}`).toBeDefined();
  expect(layer?.tree.entries).toHaveLength(1);
  const chunks: Uint8Array[] = [];
  for await (const chunk of cache.blobs.read(layer?.digest ?? digestOf(""))) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe(`content ${index} `.repeat(5_000));
}

/** What was recorded without being told any more has to be whole too. */
async function lastRecorded(cache: Cache, told: number): Promise<number> {
  let last = told;
  while ((await cache.lookUp(stepKey([keyField("index", "number", last + 1)]))) !== undefined) {
    last += 1;
    await expectWhole(cache, last);
  }
  return last;
}

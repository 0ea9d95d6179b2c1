// For each line that it is sent: takes a lease, looks all keys up, makes those that it misses, and reads every layer
// once all of that is done. Tells how many it found, or what was taken from under its lease.
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { digestOf, parseContentDigest } from "@oci-build/oci";
import { keyField, openCache, type StepRecord, stepKey } from "../../src/index.js";
import { writes } from "../support/made-up-layer.js";

const [, , dir = "", count = "0"] = process.argv;
const cache = await openCache({ dir });

async function stepOf(index: number): Promise<{ record: StepRecord; found: 0 | 1 }> {
  const key = stepKey([keyField("index", "number", index)]);
  const record = await cache.lookUp(key);
  const [recorded] = record?.layers ?? [];
  if (record !== undefined && recorded !== undefined && (await cache.layer(recorded)) !== undefined) {
    return { record, found: 1 };
  }
  const text = `content ${index} `;
  const layer = await cache.writeLayer(writes(text));
  const content = { digest: parseContentDigest(digestOf(text)), form: "gzip", layer };
  return { record: await cache.record(key, { stepName: String(index), content }), found: 0 };
}

async function useAll(): Promise<string> {
  await using _ = await cache.lease();
  const steps = [];
  for (let index = 0; index < Number(count); index++) steps.push(await stepOf(index));
  await delay(5);
  for (const { record } of steps) {
    for (const blob of record.layers) {
      if ((await cache.layer(blob)) === undefined) return `layer ${record.stepName} is gone`;
      for await (const chunk of cache.blobs.read(blob.digest)) void chunk;
    }
  }
  return String(steps.reduce((sum, { found }) => sum + found, 0));
}

process.stdout.write("ready\n");
for await (const _ of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await useAll()}\n`);
}

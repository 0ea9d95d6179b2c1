// Takes a lease, looks all keys up and makes those that it misses ("find"), and then reads every layer ("read"), or both
// ("all"). Tells how many it found, or what was taken from under its lease.
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { digestOf, parseContentDigest } from "@oci-build/oci";
import { keyField, type Lease, openCache, type StepRecord, stepKey } from "../../src/index.js";
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

interface Found {
  readonly lease: Lease;
  readonly records: readonly StepRecord[];
  readonly count: number;
}

async function findAll(): Promise<Found> {
  const lease = await cache.lease();
  const steps = [];
  for (let index = 0; index < Number(count); index++) steps.push(await stepOf(index));
  const found = steps.reduce((sum, step) => sum + step.found, 0);
  return { lease, records: steps.map(({ record }) => record), count: found };
}

/** Tells how many were found if all of their layers are still there, else which is not. */
async function readAll({ lease, records, count: found }: Found): Promise<string> {
  await using _ = lease;
  for (const { layers, stepName } of records) {
    for (const blob of layers) {
      if ((await cache.layer(blob)) === undefined) return `layer ${stepName} is gone`;
      for await (const chunk of cache.blobs.read(blob.digest)) void chunk;
    }
  }
  return String(found);
}

let held: Found | undefined;

async function answer(line: string): Promise<string> {
  if (line === "find") {
    held = await findAll();
    return String(held.count);
  }
  if (line === "read" && held !== undefined) return readAll(held);
  const found = await findAll();
  await delay(5);
  return readAll(found);
}

process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await answer(line)}\n`);
}

// Stores a layer of its own for each key, records all keys when told to go, and writes the digests that stand.
import { once } from "node:events";
import { digestOf, parseContentDigest } from "@oci-build/oci";
import { keyField, openCache, type StepResult, stepKey } from "../../src/index.js";
import { writes } from "../support/made-up-layer.js";

const [, , dir = "", name = "", count = "0"] = process.argv;
const cache = await openCache({ dir });
const results: StepResult[] = [];
for (let index = 0; index < Number(count); index++) {
  const text = `${name} ${index}`;
  const layer = await cache.writeLayer(writes(text));
  results.push({
    stepName: name,
    content: { digest: parseContentDigest(digestOf(text)), form: "gzip", layer },
  });
}
process.stdout.write("ready\n");
await once(process.stdin, "data");
const standing = [];
for (const [index, result] of results.entries()) {
  const record = await cache.record(stepKey([keyField("index", "number", index)]), result);
  standing.push(record.contentDigest);
}
process.stdout.write(`${JSON.stringify(standing)}\n`);
process.exit(0);

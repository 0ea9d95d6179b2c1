// For each line that it is sent: prunes everything, as if it were two hours later, and tells how many records went.
import { createInterface } from "node:readline";
import { openCache } from "../../src/index.js";

const cache = await openCache({ dir: process.argv[2] ?? "", now: () => Date.now() + 2 * 3_600_000 });
process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  const { records } = await cache.prune(line === "dangling" ? {} : { scope: "all" });
  process.stdout.write(`${records.length}\n`);
}

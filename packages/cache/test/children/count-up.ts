// Adds one to a number in a file, many times, each time under the lock.
import { readFile, writeFile } from "node:fs/promises";
import { openCache } from "../../src/index.js";

const [, , dir = "", file = "", times = "0"] = process.argv;
const cache = await openCache({ dir });
for (let round = 0; round < Number(times); round++) {
  await cache.withLock("counter", async () => {
    const count = Number(await readFile(file, "utf8"));
    await writeFile(file, String(count + 1));
  });
}
process.stdout.write("done\n");
process.exit(0);

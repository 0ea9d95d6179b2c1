// Writes half of a blob, takes a lease and the lock of the records, says so, and waits to be killed.
import { openCache } from "../../src/index.js";

const cache = await openCache({ dir: process.argv[2] ?? "" });
await cache.lease();
const writer = await cache.blobs.writer();
await writer.write(Buffer.from("half"));
await cache.withLock("records", async () => {
  process.stdout.write("holding\n");
  await new Promise(() => setInterval(() => undefined, 1_000));
});

// Stores and records layers until it is killed; tells the number of each once it is recorded.
import { digestOf, parseContentDigest } from "@oci-build/oci";
import { keyField, openCache, stepKey } from "../../src/index.js";
import { writes } from "../support/made-up-layer.js";

const [, , dir = "", first = "0"] = process.argv;
const cache = await openCache({ dir });
await cache.lease();
for (let index = Number(first); ; index++) {
  const text = `content ${index} `.repeat(5_000);
  const layer = await cache.writeLayer(writes(text));
  const content = { digest: parseContentDigest(digestOf(text)), form: "gzip", layer };
  await cache.record(stepKey([keyField("index", "number", index)]), { stepName: "x", content });
  await cache.tagImage("app", { mediaType: layer.mediaType, digest: layer.digest, size: layer.size });
  process.stdout.write(`${index}\n`);
}

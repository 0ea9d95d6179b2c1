import { access, utimes } from "node:fs/promises";
import { join } from "node:path";
import { digestHex, digestOf, parseDiffId } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/support/temporary-folder.js";
import { type Cache, keyField, openCache, stepKey } from "../index.js";

const key = stepKey([keyField("image", "digest", digestOf("manifest"))]);

async function blobOf(cache: Cache, text: string): Promise<ReturnType<typeof digestOf>> {
  const writer = await cache.blobs.writer();
  await writer.write(Buffer.from(text));
  return (await writer.commit()).digest;
}

describe("the record of a base image", () => {
  it("keeps its documents, layers and trees from being pruned, and lets them go with it", async () => {
    let nowMs = Date.now();
    const cache = await openCache({ dir: await temporaryFolder(), now: () => nowMs });
    const diffId = parseDiffId(digestOf("tar"));
    const documents = [await blobOf(cache, "manifest"), await blobOf(cache, "config")];
    const layers = [{ digest: await blobOf(cache, "packed"), diffId }];
    await blobOf(cache, "tar");
    await cache.writeTree({ diffId, entries: [] });
    const stray = await blobOf(cache, "of nobody");
    const recorded = await cache.record(key, { stepName: "FROM base", image: { documents, layers } });
    expect(await cache.lookUp(key)).toEqual(recorded);
    const parts = [
      ...[...documents, digestOf("packed"), digestOf("tar")].map(
        (digest) => `blobs/sha256/${digestHex(digest)}`,
      ),
      `trees/${digestHex(diffId)}`,
    ].map((name) => join(cache.root, name));
    nowMs += 7_200_000;
    await cache.prune({ scope: "dangling", unusedForMs: 86_400_000 });
    await Promise.all(parts.map((path) => access(path)));
    expect(await cache.blobs.size(stray)).toBeUndefined();
    await utimes(join(cache.root, "records", digestHex(key.digest)), 1, 1);
    await cache.prune({ scope: "all" });
    for (const path of parts) await expect(access(path)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("is the first one for good, since its key says all of it", async () => {
    const cache = await openCache({ dir: await temporaryFolder() });
    const image = { documents: [digestOf("manifest")], layers: [] };
    const first = await cache.record(key, { stepName: "FROM one", image });
    expect(await cache.record(key, { stepName: "FROM two", image })).toEqual(first);
  });
});

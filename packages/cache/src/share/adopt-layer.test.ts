import { type LayerEntry, type LayerSegment, parseContentDigest, writeLayer } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/support/temporary-folder.js";
import { openCache, type StoredLayer } from "../index.js";
import { adoptLayer } from "./adopt-layer.js";
import type { CacheImport } from "./shared-store.js";

const content = parseContentDigest(`sha256:${"c".repeat(64)}`);
const nothing = (): Promise<undefined> => Promise.resolve(undefined);

/** A file that has segments of its own. */
const file: LayerEntry = {
  ...{ type: "file", path: "large", mode: 0o644, uid: 0, gid: 0, mtimeSec: 0, size: 300_000 },
  open: () => {
    let left = 300_000;
    return {
      read: (target) => {
        const count = Math.min(left, target.length);
        target.fill(7, 0, count);
        left -= count;
        return count;
      },
      close: () => undefined,
    };
  },
};

/** Adopts a layer from another store, of which that says other segments. */
async function adopted(
  change: (segment: LayerSegment) => LayerSegment,
): Promise<{ readonly layer: StoredLayer; readonly original: StoredLayer }> {
  const [from, own] = await Promise.all([1, 2].map(async () => openCache({ dir: await temporaryFolder() })));
  if (from === undefined || own === undefined) expect.unreachable();
  const original = await from.writeLayer((sink) => writeLayer([file], sink));
  const segments = async (): Promise<readonly LayerSegment[]> => original.segments.map(change);
  const source: CacheImport = {
    ...{ dir: "shared", blobs: from.blobs, record: nothing, segments, layer: nothing },
  };
  await adoptLayer({ source, blob: original, content, digestOf: () => content }, own);
  return { layer: (await own.layer(original)) ?? expect.unreachable(), original };
}

describe("adoptLayer", () => {
  it("takes all of a segment but what it has not checked", async () => {
    const { layer, original } = await adopted((segment) => segment);
    expect(original.segments.some(({ filePrefix }) => filePrefix !== undefined)).toBe(true);
    expect(layer.segments).toEqual(
      original.segments.map((segment) => ({ ...segment, filePrefix: undefined })),
    );
  });

  it("takes no segment that is another than its table says", async () => {
    const other = adopted((segment) => ({ ...segment, key: segment.key.replace(/^./, "g") }));
    await expect(other).rejects.toMatchObject({ code: "CACHE_ENTRY_CORRUPT" });
  });
});

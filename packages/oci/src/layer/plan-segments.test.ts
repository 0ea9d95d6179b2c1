import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../digest.js";
import type { LayerFile } from "./layer-entry.js";
import { planSegments } from "./plan-segments.js";
import { writeLayer } from "./write-layer.js";

const KiB = 1024;
const meta = { mode: 0o644, uid: 0, gid: 0, mtimeSec: 7 };

/** A file of zeros but for one byte at its end. */
function file(path: string, size: number, end = 1): LayerFile {
  const bytes = Buffer.alloc(size);
  if (size > 0) bytes[size - 1] = end;
  const open = () => {
    let at = 0;
    return {
      read(target: Uint8Array) {
        const count = bytes.copy(target, 0, at);
        at += count;
        return count;
      },
      close: () => undefined,
    };
  };
  return { type: "file", path, ...meta, size, digest: digestOf(bytes), open };
}

/** Entries with digests, as a plan takes them. */
function planned(files: readonly LayerFile[]) {
  return files.map((entry) => ({ ...entry, digest: entry.digest ?? digestOf("") }));
}

const sizes = fc.oneof(
  fc.nat(3 * KiB),
  fc.constantFrom(0, 512, 256 * KiB - 1, 256 * KiB, 1024 * KiB, 1024 * KiB + 1, 2560 * KiB),
);

const trees = fc
  .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,3}$/), sizes), {
    maxLength: 12,
    selector: ([path]) => path,
  })
  .map((list) => [...list].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, size]) => file(path, size)));

describe("planSegments", () => {
  it("gives the segments that writeLayer makes", async () => {
    await fc.assert(
      fc.asyncProperty(trees, async (files) => {
        const { segments, uncompressedSize } = await writeLayer(files, async () => undefined, { level: 1 });
        const plan = planSegments(planned(files));
        expect(plan.map(({ rawSize }) => rawSize)).toEqual(segments.map(({ rawSize }) => rawSize));
        expect(plan.reduce((sum, { rawSize }) => sum + rawSize, 0)).toBe(uncompressedSize);
      }),
      { numRuns: 30 },
    );
  });

  it("tells segments apart exactly where their bytes differ", async () => {
    const before = [
      file("a", 300 * KiB),
      file("b", 10),
      file("c", 2560 * KiB),
      file("d", 5),
      file("e", 400 * KiB),
    ];
    const after = [
      file("a", 300 * KiB),
      file("b", 10, 2),
      file("c", 2560 * KiB, 2),
      file("d", 5),
      file("e", 400 * KiB),
    ];
    const [old, now] = [planSegments(planned(before)), planSegments(planned(after))];
    const written = await Promise.all(
      [before, after].map((files) => writeLayer(files, async () => undefined)),
    );
    const keys = new Set(written[0]?.segments.map(({ key }) => key));
    const contents = new Set(old.map(({ content }) => content));
    const compressed = written[1]?.segments.filter(({ key }) => !keys.has(key)).map(({ rawSize }) => rawSize);
    expect(compressed?.length).toBeGreaterThan(0);
    // A file is known by its digest, so all of its parts count as new.
    const plannedNew = now.filter(({ content }) => !contents.has(content)).map(({ rawSize }) => rawSize);
    expect(plannedNew).toEqual(expect.arrayContaining(compressed ?? []));
    expect(plannedNew.reduce((sum, size) => sum + size, 0)).toBeLessThan(3 * 1024 * KiB);
  });

  it("clamps times as writeLayer does", () => {
    const [late, early] = [[{ ...file("a", 1), mtimeSec: 9 }], [{ ...file("a", 1), mtimeSec: 5 }]];
    const contents = [late, early].map((files) => planSegments(planned(files), { clampMtimeSec: 5 }));
    expect(contents[0]).toEqual(contents[1]);
    expect(planSegments(planned(late))).not.toEqual(planSegments(planned(early)));
  });
});

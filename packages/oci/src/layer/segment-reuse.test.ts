import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type bytesReader, dirOf, fileOf, layerOf, noise } from "../../test/layer-entries.js";
import { memorySegments } from "../../test/memory-segments.js";
import { digestOf } from "../digest.js";
import { LARGE_FILE_BYTES } from "./cut-policy.js";
import type { LayerEntry } from "./layer-entry.js";
import type { LayerWritten } from "./layer-tree.js";
import type { SegmentSource } from "./segment-source.js";

type Layer = LayerWritten & { readonly blob: Buffer };

const names = Array.from({ length: 1500 }, (_, index) => `d/f${String(index).padStart(4, "0")}`);
const bytes = new Map(names.map((name, index) => [name, noise(1500, index)]));

/** 2.3 MB of small files and one that has segments of its own, with some of them changed, added or left out. */
function project(changes: ReadonlyMap<string, Uint8Array | undefined> = new Map()): LayerEntry[] {
  const files = new Map<string, Uint8Array | undefined>([...bytes, ...changes]);
  const sorted = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const entries = sorted.flatMap(([name, data]) => (data === undefined ? [] : [fileOf(name, data)]));
  return [dirOf("d"), ...entries, fileOf("large", noise(LARGE_FILE_BYTES, 7))];
}

const before = await layerOf(project());

const totals = ({ segments, uncompressedSize }: Layer): object => ({
  segments: segments.length,
  bytes: uncompressedSize,
});

describe("writeLayer with segments of earlier layers", () => {
  it("compresses nothing when nothing changed, and gives the same bytes", async () => {
    const after = await layerOf(project(), { reuse: memorySegments(before) });
    expect(after.blob.equals(before.blob)).toBe(true);
    expect({ ...after, blob: 0, work: 0 }).toEqual({ ...before, blob: 0, work: 0 });
    expect(after.work).toEqual({
      segmentsReused: before.segments.length,
      segmentsCompressed: 0,
      bytesReused: before.uncompressedSize,
      bytesCompressed: 0,
    });
    expect(before.work).toEqual({
      segmentsReused: 0,
      segmentsCompressed: before.segments.length,
      bytesReused: 0,
      bytesCompressed: before.uncompressedSize,
    });
  });

  it.each<[string, Map<string, Uint8Array | undefined>]>([
    ["a file is changed", new Map([["d/f0700", noise(1500, 9999)]])],
    ["a file grows", new Map([["d/f0700", noise(2100, 700)]])],
    ["a file is added", new Map([["d/f0700a", noise(900, 1)]])],
    ["a file is deleted", new Map([["d/f0700", undefined]])],
    ["the first file is deleted", new Map([["d/f0000", undefined]])],
  ])("compresses one segment when %s, and gives the bytes of a layer made anew", async (_, changes) => {
    const [reusing, anew] = await Promise.all([
      layerOf(project(changes), { reuse: memorySegments(before) }),
      layerOf(project(changes)),
    ]);
    expect(reusing.blob.equals(anew.blob)).toBe(true);
    expect(before.segments.length).toBeGreaterThan(4);
    expect(reusing.work.segmentsCompressed).toBe(1);
    expect(totals(reusing)).toEqual({
      segments: reusing.work.segmentsReused + 1,
      bytes: reusing.work.bytesReused + reusing.work.bytesCompressed,
    });
  });

  it("compresses only the part of a large file that changed", async () => {
    const data = noise(3 * 1024 * 1024, 5);
    const first = await layerOf([fileOf("large", data)]);
    const changed = Buffer.from(data).fill(0, 1_500_000, 1_500_001);
    const second = await layerOf([fileOf("large", changed)], { reuse: memorySegments(first) });
    expect(second.work).toMatchObject({ segmentsCompressed: 1, bytesCompressed: 1024 * 1024 });
  });

  it("names the parts of a large file alike, whether its beginning is that of an earlier layer or not", async () => {
    const data = noise(3 * 1024 * 1024 + 5, 5);
    const first = await layerOf([fileOf("large", data)]);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: data.length + 2_000_000 }),
        fc.integer({ min: 0, max: data.length - 1 }),
        async (size, changed) => {
          const other = Buffer.concat([data, noise(2_000_000, 6)]).subarray(
            0,
            Math.max(size, LARGE_FILE_BYTES),
          );
          other[changed] = (other[changed] ?? 0) ^ 1;
          const [reusing, anew] = await Promise.all([
            layerOf([fileOf("large", other)], { reuse: memorySegments(first) }),
            layerOf([fileOf("large", other)]),
          ]);
          expect(reusing.blob.equals(anew.blob)).toBe(true);
          expect(reusing.segments).toEqual(anew.segments);
        },
      ),
      { numRuns: 5 },
    );
  });

  it.each([0, 2 ** 30])(
    "takes the name of what begins alike, and of nothing else, at %i bytes",
    async (expectedBytes) => {
      const data = noise(3 * 1024 * 1024 + 5, 5);
      const first = await layerOf([fileOf("large", data)]);
      const asked: string[] = [];
      const source = memorySegments(first);
      const reuse: SegmentSource = {
        ...source,
        findPrefix: async (name) => {
          asked.push(name);
          const found = await source.findPrefix?.(name);
          return found === undefined ? undefined : { ...found, key: `named ${asked.length}` };
        },
      };
      const changed = Buffer.from(data).fill(0, 1_500_000, 1_500_001);
      const second = await layerOf([fileOf("large", changed)], { expectedBytes, reuse });
      const names = second.segments.map(({ key, filePrefix }) => [key.slice(0, 5), filePrefix !== undefined]);
      expect(names.filter(([, isPart]) => isPart)).toHaveLength(4);
      expect(names.filter(([key]) => key === "named")).toEqual([["named", true]]);
      expect(second.segments.at(-1)?.key).toBe(first.segments.at(-1)?.key);
      expect(new Set(asked).size).toBe(4);
    },
  );

  it.each([
    ["fails", () => Promise.reject(new Error("gone"))],
    ["tells of one of another size", () => ({ key: "other", rawSize: 1 })],
    ["finds nothing", () => undefined],
  ])("hashes a part of a large file where the look-up by its beginning %s", async (_, findPrefix) => {
    const data = noise(1024 * 1024 + 5, 5);
    const first = await layerOf([fileOf("large", data)]);
    const reuse = { ...memorySegments(first), findPrefix };
    const second = await layerOf([fileOf("large", data)], { reuse });
    expect([second.work.segmentsCompressed, second.segments]).toEqual([0, first.segments]);
  });

  it("compresses the headers' segments anew when times change, and those of large files' data never", async () => {
    const clamped = await layerOf(
      project().map((entry) => ("mtimeSec" in entry ? { ...entry, mtimeSec: 5 } : entry)),
      { reuse: memorySegments(before) },
    );
    expect(clamped.work).toMatchObject({ segmentsReused: 2, bytesReused: LARGE_FILE_BYTES + 1024 });
  });

  it("reuses all when an epoch changes no time", async () => {
    const clamped = await layerOf(project(), { reuse: memorySegments(before), clampMtimeSec: 5 });
    expect(clamped.work.segmentsCompressed).toBe(0);
  });

  it("takes no segment of another level", async () => {
    const other = await layerOf(project(), { reuse: memorySegments(before), level: 5 });
    expect(other.work.segmentsReused).toBe(0);
  });

  it("gives the same bytes when segments are found and read at any time", async () => {
    const source = memorySegments(before);
    let calls = 0;
    const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, (calls++ * 7) % 5));
    const slow: SegmentSource = {
      ...source,
      find: async (key) => {
        await later();
        const found = await source.find(key);
        if (found === undefined || calls % 3 === 0) return undefined;
        return { ...found, read: () => later().then(() => found.read()) };
      },
    };
    const after = await layerOf(project(), { reuse: slow });
    expect(after.blob.equals(before.blob)).toBe(true);
    expect(after.work.segmentsReused).toBeGreaterThan(0);
  });
});

describe("writeLayer with damaged segments", () => {
  it("never passes a flipped bit on, wherever in the old blob it is", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: before.blob.length - 1 }),
        fc.integer({ min: 0, max: 7 }),
        async (offset, bit) => {
          const blob = Buffer.from(before.blob);
          blob[offset] = (blob[offset] ?? 0) ^ (1 << bit);
          await expectSound(memorySegments({ ...before, blob }), offset);
        },
      ),
      {
        numRuns: 6,
        examples: [
          [0, 0],
          [9, 7],
          [10, 0],
          [before.blob.length - 1, 3],
          [before.blob.length - 10, 1],
        ],
      },
    );
  });

  async function expectSound(reuse: ReturnType<typeof memorySegments>, offset: number): Promise<void> {
    const after = await layerOf(project(), { reuse });
    expect(after.digest).toBe(before.digest);
    expect(digestOf(after.blob)).toBe(before.digest);
    const isInside = before.segments.some((one) => offset >= one.offset && offset < one.offset + one.size);
    expect(after.work.segmentsCompressed).toBe(isInside ? 1 : 0);
    expect(reuse.rejections.map(({ code }) => code)).toEqual(isInside ? ["LAYER_SEGMENT_UNUSABLE"] : []);
  }

  it.each([
    ["cannot be looked up", { find: () => Promise.reject(new Error("gone")) }],
    ["has another raw size", { change: { rawSize: 1 } }],
    ["has an absurd size", { change: { size: 2 ** 40 } }],
    ["cannot be read", { change: { read: () => Promise.reject(new Error("EIO")) } }],
    ["gives too little", { change: { read: async () => Buffer.of(1) } }],
  ])(
    "compresses anew what %s, and tells",
    async (_, { find, change }: { find?: SegmentSource["find"]; change?: object }) => {
      const source = memorySegments(before);
      const changed: SegmentSource["find"] = async (key) => {
        const found = await source.find(key);
        return found === undefined ? undefined : { ...found, ...change };
      };
      const after = await layerOf(project(), { reuse: { ...source, find: find ?? changed } });
      expect(after.blob.equals(before.blob)).toBe(true);
      expect(after.work.segmentsReused).toBe(0);
      expect(source.rejections.length).toBe(before.segments.length);
      expect(source.rejections[0]).toMatchObject({
        code: "LAYER_SEGMENT_UNUSABLE",
        cause: expect.any(Error),
      });
    },
  );

  it("has no read under way when an abort has ended it, and tells of no damage then", async () => {
    const controller = new AbortController();
    const source = memorySegments(before);
    let running = 0;
    const reuse: SegmentSource = {
      ...source,
      find: async (key) => {
        const found = await source.find(key);
        if (found === undefined) return undefined;
        const read = async (): Promise<Uint8Array> => {
          running += 1;
          controller.abort("enough");
          await new Promise((resolve) => setTimeout(resolve, 20));
          running -= 1;
          throw new Error("closed");
        };
        return { ...found, read };
      },
    };
    await expect(layerOf(project(), { reuse, signal: controller.signal })).rejects.toBe("enough");
    expect([running, source.rejections]).toEqual([0, []]);
  });
});

describe("a file's digest", () => {
  const wrong = digestOf("something else");

  it("is taken over unseen when it is known, and compared when it is expected", async () => {
    const known = await layerOf([fileOf("a", "text", { digest: wrong, digestIs: "known" })]);
    expect(known.tree.entries).toMatchObject([{ digest: wrong }]);
    const expected = layerOf([fileOf("a", "text", { digest: wrong, digestIs: "expected" })]);
    await expect(expected).rejects.toMatchObject({ code: "LAYER_FILE_DIGEST" });
  });

  it("is computed where only its meaning is given", async () => {
    const layer = await layerOf([fileOf("a", "text", { digestIs: "known" })]);
    expect(layer.tree.entries).toMatchObject([{ digest: digestOf("text") }]);
  });

  it("does not keep a known file from having its size checked", async () => {
    const file = fileOf("a", "text", { size: 5, digest: wrong, digestIs: "known" });
    await expect(layerOf([file])).rejects.toMatchObject({ code: "LAYER_FILE_SIZE" });
  });
});

describe("writeLayer with a thread for its hashes", () => {
  const expectedBytes = 2 ** 30;

  it("gives the same layer", async () => {
    const threaded = await layerOf(project(), { expectedBytes });
    expect({ ...threaded, blob: digestOf(threaded.blob) }).toEqual({ ...before, blob: before.digest });
    const reusing = await layerOf(project(), { expectedBytes, reuse: memorySegments(before) });
    expect([reusing.digest, reusing.work.segmentsCompressed]).toEqual([before.digest, 0]);
  });

  it("lends it bytes that have a buffer of their own, and none of a buffer that others use", async () => {
    const read: Uint8Array[] = [];
    const source = memorySegments(before);
    const reuse: SegmentSource = {
      ...source,
      find: async (key) => {
        const found = await source.find(key);
        if (found === undefined) return undefined;
        const reading = async (): Promise<Uint8Array> => {
          const room = new Uint8Array(found.size + (read.length % 2));
          room.set(await found.read());
          read.push(room.subarray(0, found.size));
          return room.subarray(0, found.size);
        };
        return { ...found, read: reading };
      },
    };
    const reusing = await layerOf(project(), { expectedBytes, reuse });
    expect(reusing.blob.equals(before.blob)).toBe(true);
    expect(read.length).toBeGreaterThan(4);
    expect(read.map(({ length }) => length === 0)).toEqual(read.map((_, index) => index % 2 === 0));
  });

  it("compresses anew what is damaged, and tells", async () => {
    const [segment] = before.segments;
    const blob = Buffer.from(before.blob);
    const offset = segment?.offset ?? 0;
    blob[offset] = (blob[offset] ?? 0) ^ 1;
    const reuse = memorySegments({ ...before, blob });
    const after = await layerOf(project(), { expectedBytes, reuse });
    expect([after.digest, after.work.segmentsCompressed]).toEqual([before.digest, 1]);
    expect(reuse.rejections.map(({ code }) => code)).toEqual(["LAYER_SEGMENT_UNUSABLE"]);
  });

  it("ends with its reason at an abort, and when a file fails", async () => {
    const signal = AbortSignal.abort("before");
    await expect(layerOf(project(), { expectedBytes, signal })).rejects.toBe("before");
    const open = (): ReturnType<typeof bytesReader> => {
      throw new Error("disk gone");
    };
    await expect(layerOf([...project(), fileOf("z", "1", { open })], { expectedBytes })).rejects.toThrow(
      "disk gone",
    );
    expect(process.getActiveResourcesInfo()).not.toContain("MessagePort");
  });
});

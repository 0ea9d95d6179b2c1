import { describe, expect, it } from "vitest";
import { bytesReader, fileOf, layerOf, noise } from "../../test/layer-entries.js";
import type { FileReader } from "../entry.js";
import type { LayerEntry, LayerFile } from "./layer-entry.js";

const bytes = noise(5000, 1);
const others: readonly LayerFile[] = [fileOf("a", "before"), fileOf("z", "behind")];

/** A layer with a small file between two others, whose reader answers as it is told. */
function layerWith(open: LayerFile["open"], more: Partial<LayerFile> = {}): ReturnType<typeof layerOf> {
  const [before, behind] = others;
  if (before === undefined || behind === undefined) expect.unreachable();
  return layerOf([before, fileOf("b", bytes, { ...more, open }), behind]);
}

/** A reader of the bytes, by pieces of 1,000; `at` sees the count of each read before it is given. */
function reading(
  at: (read: number, count: number) => number | Promise<number>,
): FileReader & { closed: number } {
  const plain = bytesReader(bytes, 1000);
  let reads = 0;
  return {
    closed: 0,
    read(target) {
      reads += 1;
      return at(reads, plain.read(target) as number);
    },
    close() {
      this.closed += 1;
    },
  };
}

const later = (value: number): Promise<number> => new Promise((resolve) => setImmediate(resolve, value));

describe("a small file", () => {
  it.each([
    { name: "in parts", open: () => reading((_, count) => count) },
    { name: "opened later", open: async () => reading((_, count) => count) },
    {
      name: "whose first part comes later",
      open: () => reading((read, count) => (read === 1 ? later(count) : count)),
    },
    {
      name: "whose third part comes later",
      open: () => reading((read, count) => (read === 3 ? later(count) : count)),
    },
    {
      name: "whose end is seen later",
      open: () => reading((read, count) => (read === 6 ? later(count) : count)),
    },
    { name: "opened and read later", open: async () => reading((_, count) => later(count)) },
    { name: "closed later", open: () => ({ ...bytesReader(bytes), close: async () => undefined }) },
    {
      name: "read and closed later",
      open: () => ({ ...reading((_, count) => later(count)), close: async () => undefined }),
    },
  ])("gives the same layer $name", async ({ open }) => {
    const expected = await layerWith(() => bytesReader(bytes));
    const found = await layerWith(open);
    expect({ ...found, blob: 0 }).toEqual({ ...expected, blob: 0 });
    expect(found.blob.equals(expected.blob)).toBe(true);
  });

  const failure = new Error("disk gone");
  const fail = (): never => {
    throw failure;
  };

  it.each([
    { name: "at its first read", at: () => fail() },
    { name: "at its third read", at: (read: number, count: number) => (read === 3 ? fail() : count) },
    { name: "by the promise of its first read", at: () => Promise.reject(failure) },
    {
      name: "at once, after a read that came later",
      at: (read: number, count: number) => (read === 3 ? fail() : later(count)),
    },
    {
      name: "by the promise of a later read",
      at: (read: number, count: number) => (read === 3 ? Promise.reject(failure) : later(count)),
    },
  ])("is closed once where it fails $name", async ({ at }) => {
    const reader = reading(at);
    await expect(layerWith(() => reader)).rejects.toBe(failure);
    expect(reader.closed).toBe(1);
  });

  it.each([
    { name: "shrank", size: 5001, found: 5000 },
    { name: "grew", size: 4999, found: 5000 },
  ])("is closed once where it $name, at once and later", async ({ size, found }) => {
    for (const wait of [false, true]) {
      const reader = reading((_, count) => (wait ? later(count) : count));
      const error = { code: "LAYER_FILE_SIZE", data: { path: "b", expected: size, found } };
      await expect(layerWith(() => reader, { size })).rejects.toMatchObject(error);
      expect(reader.closed).toBe(1);
    }
  });

  it("fails as its reading did, not as its closing", async () => {
    const reader = { read: fail, close: () => Promise.reject(new Error("not open")) };
    await expect(layerWith(() => reader)).rejects.toBe(failure);
  });

  it("fails where it cannot be closed", async () => {
    for (const close of [fail, () => Promise.reject(failure)]) {
      await expect(layerWith(() => ({ ...bytesReader(bytes), close }))).rejects.toBe(failure);
    }
  });
});

describe("entries in batches", () => {
  async function* inBatches(sizes: readonly number[]): AsyncGenerator<readonly LayerEntry[]> {
    const entries = Array.from({ length: 40 }, (_, index) =>
      fileOf(`f${String(index).padStart(2, "0")}`, noise(index * 8000, index)),
    );
    for (const size of sizes) yield entries.splice(0, size);
    yield entries;
  }

  it("give the same layer, however many are in one", async () => {
    const [expected, ...found] = await Promise.all(
      [[], [0, 1, 0, 38], Array.from({ length: 40 }, () => 1)].map((sizes) => layerOf(inBatches(sizes))),
    );
    for (const layer of found) {
      expect({ ...layer, blob: 0 }).toEqual({ ...expected, blob: 0 });
      expect(layer.blob.equals(expected?.blob ?? Buffer.alloc(0))).toBe(true);
    }
  });

  it("are ended where one of them fails", async () => {
    let ended = 0;
    async function* endless(): AsyncGenerator<readonly LayerEntry[]> {
      try {
        for (;;) yield [fileOf("same", "")];
      } finally {
        ended += 1;
      }
    }
    await expect(layerOf(endless())).rejects.toMatchObject({ code: "LAYER_PATH_DUPLICATE" });
    expect(ended).toBe(1);
  });
});

import { createHash } from "node:crypto";
import { constants, crc32, gunzipSync, inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { bytesReader, dirOf, fileOf, layerOf, noise, plain } from "../../test/layer-entries.js";
import { digestOf } from "../digest.js";
import { beginsSegment, FILE_PART_BYTES, LARGE_FILE_BYTES, SEGMENT_MAX_BYTES } from "./cut-policy.js";
import type { LayerEntry } from "./layer-entry.js";
import type { TreeEntry, TreeFile } from "./layer-tree.js";
import { writeLayer } from "./write-layer.js";

/** Small files, one of exactly the size that has segments of its own, one just below, one of several parts. */
function mixedEntries(): LayerEntry[] {
  return [
    dirOf("a"),
    ...Array.from({ length: 300 }, (_, index) =>
      fileOf(`a/${String(index).padStart(4, "0")}`, noise(index * 97, index)),
    ),
    fileOf("b-below", noise(LARGE_FILE_BYTES - 1, 1)),
    fileOf("b-exact", noise(LARGE_FILE_BYTES, 2)),
    fileOf("c-parts", noise(2 * FILE_PART_BYTES, 3)),
    fileOf("d-parts", Buffer.alloc(2 * FILE_PART_BYTES + 5, "text ")),
    fileOf("e-empty", ""),
  ];
}

describe("writeLayer", () => {
  it("reports the identities and sizes of what it wrote", async () => {
    const layer = await layerOf(mixedEntries());
    const tar = gunzipSync(layer.blob);
    expect(layer.digest).toBe(digestOf(layer.blob));
    expect(layer.size).toBe(layer.blob.length);
    expect(layer.diffId).toBe(digestOf(tar));
    expect(layer.tree.diffId).toBe(layer.diffId);
    expect(layer.uncompressedSize).toBe(tar.length);
    expect(layer.mediaType).toBe("application/vnd.oci.image.layer.v1.tar+gzip");
    expect(tar.subarray(-1024)).toEqual(Buffer.alloc(1024));
  });

  it("places each file's bytes where the tree says", async () => {
    const layer = await layerOf(mixedEntries());
    const tar = gunzipSync(layer.blob);
    const files = layer.tree.entries.filter((entry): entry is TreeFile => entry.type === "file");
    expect(files.length).toBe(305);
    for (const { dataOffset, size, digest } of files) {
      expect(digestOf(tar.subarray(dataOffset, dataOffset + size))).toBe(digest);
    }
  });

  it("covers the tar by segments that inflate alone and end on a whole byte", async () => {
    const layer = await layerOf(mixedEntries());
    const tar = gunzipSync(layer.blob);
    let rawEnd = 0;
    let end = 10;
    for (const segment of layer.segments) {
      expect([segment.rawOffset, segment.offset]).toEqual([rawEnd, end]);
      rawEnd += segment.rawSize;
      end += segment.size;
      const encoded = layer.blob.subarray(segment.offset, end);
      const raw = inflateRawSync(encoded, { finishFlush: constants.Z_SYNC_FLUSH });
      expect(raw.equals(tar.subarray(segment.rawOffset, rawEnd))).toBe(true);
      expect(segment).toMatchObject({ digest: digestOf(encoded), rawCrc32: crc32(raw), rawSize: raw.length });
      expect(segment.key).toBe(
        `${createHash("sha256").update(raw).digest("hex")}-gzip-6-${process.versions.zlib}-${process.arch}`,
      );
    }
    expect([rawEnd, end + 10]).toEqual([tar.length, layer.blob.length]);
  });

  it("cuts at both ends of large files, inside them at each MiB, and never above 4 MiB", async () => {
    const layer = await layerOf(mixedEntries());
    const starts = new Set(layer.segments.map((segment) => segment.rawOffset));
    const find = (path: string): TreeFile =>
      layer.tree.entries.find((entry): entry is TreeFile => entry.path === path) ?? expect.unreachable(path);
    for (const path of ["b-exact", "c-parts", "d-parts"]) {
      const { dataOffset, size } = find(path);
      for (let part = 0; part < size; part += FILE_PART_BYTES) expect(starts).toContain(dataOffset + part);
      expect(starts).toContain(dataOffset + size);
    }
    expect(starts).not.toContain(find("b-below").dataOffset);
    expect(Math.max(...layer.segments.map((segment) => segment.rawSize))).toBeLessThanOrEqual(
      SEGMENT_MAX_BYTES,
    );
  });

  it("cuts a long run of small entries of which none asks for a cut", async () => {
    const names = Array.from({ length: 500 }, (_, index) => `f${String(index).padStart(4, "0")}`);
    const size = 200_000;
    const calm = names.filter((name) => !beginsSegment(name, size + 1024)).slice(0, 50);
    const layer = await layerOf(calm.map((name, index) => fileOf(name, noise(size, index))));
    expect(layer.segments.map((segment) => segment.rawSize > 3.5 * 1024 * 1024)).toEqual([true, true, false]);
    expect(Math.max(...layer.segments.map((segment) => segment.rawSize))).toBeLessThanOrEqual(
      SEGMENT_MAX_BYTES,
    );
    expect(layer.diffId).toBe(digestOf(gunzipSync(layer.blob)));
  });

  it("gives the segments around a changed file the same keys", async () => {
    const entries = (changed: string): LayerEntry[] =>
      Array.from({ length: 4000 }, (_, index) =>
        fileOf(`f${String(index).padStart(5, "0")}`, index === 2000 ? changed : noise(2000, index)),
      );
    const [before, after] = await Promise.all([
      layerOf(entries("x")),
      layerOf(entries("longer than before".repeat(99))),
    ]);
    const keys = new Set(before.segments.map((segment) => segment.key));
    expect(before.segments.length).toBeGreaterThan(5);
    expect(after.segments.filter((segment) => !keys.has(segment.key)).length).toBe(1);
  });

  it("gives the same bytes whether readers answer at once, or later and in parts", async () => {
    const slow = mixedEntries().map((entry): LayerEntry => {
      if (entry.type !== "file") return entry;
      return {
        ...entry,
        open: async () => {
          const reader = await entry.open();
          return {
            read: async (target) => reader.read(target.subarray(0, 5000)),
            close: async () => reader.close(),
          };
        },
      };
    });
    async function* later(): AsyncGenerator<LayerEntry> {
      yield* slow;
    }
    const [plainly, slowly] = await Promise.all([layerOf(mixedEntries()), layerOf(later())]);
    expect(slowly.blob.equals(plainly.blob)).toBe(true);
    expect({ ...slowly, blob: 0 }).toEqual({ ...plainly, blob: 0 });
  });

  it("writes an empty layer as two blocks of zeros", async () => {
    const layer = await layerOf([]);
    expect(gunzipSync(layer.blob)).toEqual(Buffer.alloc(1024));
  });

  it("lowers times after clampMtimeSec, in the tar and in the tree", async () => {
    const entries = [fileOf("a", "", { mtimeSec: 99 }), fileOf("b", "", { mtimeSec: 101 })];
    const layer = await layerOf(entries, { clampMtimeSec: 100 });
    expect(layer.tree.entries).toMatchObject([{ mtimeSec: 99 }, { mtimeSec: 100 }]);
    expect(gunzipSync(layer.blob).toString("latin1", 512 + 136, 512 + 147)).toBe("00000000144");
  });

  it("takes the level", async () => {
    const entries = [fileOf("a", "some text ".repeat(5000))];
    const [stored, best] = await Promise.all([
      layerOf(entries, { level: 0 }),
      layerOf(entries, { level: 9 }),
    ]);
    expect(stored.size).toBeGreaterThan(50_000);
    expect(best.size).toBeLessThan(5000);
    expect(stored.diffId).toBe(best.diffId);
  });

  it("tells how many bytes of files were taken", async () => {
    const told: number[] = [];
    await layerOf(mixedEntries(), { onProgress: (bytes) => void told.push(bytes) });
    expect(told.length).toBeGreaterThan(5);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  });
});

describe("writeLayer, before it is done", () => {
  it("tells the whole tree once, while segments are still to be sent", async () => {
    const told: (readonly TreeEntry[])[] = [];
    let sentBytes = 0;
    let sentBefore = 0;
    const sink = (chunk: Uint8Array): void => {
      sentBytes += chunk.length;
    };
    const onMembers = (tree: readonly TreeEntry[]): void => {
      told.push([...tree]);
      sentBefore = sentBytes;
    };
    const layer = await writeLayer(mixedEntries(), sink, { onMembers });
    expect(told).toEqual([layer.tree.entries]);
    expect(layer.size - sentBefore).toBeGreaterThan(2 * FILE_PART_BYTES);
  });

  it("ends with what the one who is told throws", async () => {
    const onMembers = (): void => {
      throw new Error("no use for it");
    };
    await expect(layerOf(mixedEntries(), { onMembers })).rejects.toThrow("no use for it");
  });
});

describe("writeLayer refuses", () => {
  const link = (path: string, target: string): LayerEntry => ({ type: "hardlink", path, target, ...plain });

  it.each([
    { name: "a path that climbs", entries: [fileOf("../a", "")], code: "LAYER_PATH_UNSAFE" },
    {
      name: "a path that climbs in its middle",
      entries: [fileOf("a/../../b", "")],
      code: "LAYER_PATH_UNSAFE",
    },
    { name: "a path that ends climbing", entries: [dirOf("a/..")], code: "LAYER_PATH_UNSAFE" },
    { name: "an absolute path", entries: [fileOf("/a", "")], code: "LAYER_PATH_UNSAFE" },
    { name: "an empty part", entries: [fileOf("a//b", "")], code: "LAYER_PATH_UNSAFE" },
    { name: "a trailing slash", entries: [dirOf("a/")], code: "LAYER_PATH_UNSAFE" },
    { name: "a dot", entries: [dirOf("./a")], code: "LAYER_PATH_UNSAFE" },
    { name: "NUL", entries: [fileOf("a\0b", "")], code: "LAYER_PATH_UNSAFE" },
    { name: "a file as root", entries: [fileOf("", "")], code: "LAYER_PATH_UNSAFE" },
    { name: "a name that deletes", entries: [fileOf("a/.wh.b", "")], code: "LAYER_RESERVED_NAME" },
    { name: "a directory whose name deletes", entries: [fileOf(".wh.a/b", "")], code: "LAYER_RESERVED_NAME" },
    {
      name: "a deletion of a deletion",
      entries: [{ type: "whiteout", path: ".wh.a" }],
      code: "LAYER_RESERVED_NAME",
    },
    { name: "a path twice", entries: [fileOf("a", ""), fileOf("a", "")], code: "LAYER_PATH_DUPLICATE" },
    {
      name: "a deletion and a file of one path",
      entries: [{ type: "whiteout", path: "a" }, fileOf("a", "")],
      code: "LAYER_PATH_DUPLICATE",
    },
    {
      name: "a child before its parent",
      entries: [fileOf("a/b", ""), dirOf("a")],
      code: "LAYER_ENTRY_ORDER",
    },
    { name: "siblings out of order", entries: [fileOf("b", ""), fileOf("a", "")], code: "LAYER_ENTRY_ORDER" },
    {
      name: "a file under a file",
      entries: [fileOf("a", ""), fileOf("a/b", "")],
      code: "LAYER_PARENT_NOT_DIRECTORY",
    },
    {
      name: "a file under a link, which would be written where the link leads",
      entries: [{ type: "symlink", path: "a", target: "/etc", ...plain }, fileOf("a/b/c", "")],
      code: "LAYER_PARENT_NOT_DIRECTORY",
    },
    {
      name: "a hard link to nothing",
      entries: [fileOf("a", ""), link("b", "c")],
      code: "LAYER_HARDLINK_TARGET",
    },
    {
      name: "a hard link to a later file",
      entries: [link("a", "b"), fileOf("b", "")],
      code: "LAYER_HARDLINK_TARGET",
    },
    {
      name: "a hard link to a directory",
      entries: [dirOf("a"), link("b", "a")],
      code: "LAYER_HARDLINK_TARGET",
    },
    { name: "a file that shrank", entries: [fileOf("a", "123", { size: 4 })], code: "LAYER_FILE_SIZE" },
    { name: "a file that grew", entries: [fileOf("a", "123", { size: 2 })], code: "LAYER_FILE_SIZE" },
    { name: "an empty file that grew", entries: [fileOf("a", "1", { size: 0 })], code: "LAYER_FILE_SIZE" },
    {
      name: "a file of another digest",
      entries: [fileOf("a", "1", { digest: digestOf("2") })],
      code: "LAYER_FILE_DIGEST",
    },
    {
      name: "a fraction of a second",
      entries: [fileOf("a", "", { mtimeSec: 0.5 })],
      code: "TAR_FIELD_INVALID",
    },
  ] satisfies { name: string; entries: LayerEntry[]; code: string }[])("$name", async ({ entries, code }) => {
    await expect(layerOf(entries)).rejects.toMatchObject({ code });
  });

  it.each([
    { name: "the root with its own mode", entries: [dirOf(""), fileOf("a", "")] },
    { name: "an opaque root", entries: [{ type: "opaque", path: "" }, fileOf("a", "")] },
    {
      name: "an opaque directory after the directory",
      entries: [dirOf("a"), { type: "opaque", path: "a" }, fileOf("a/b", "")],
    },
    { name: "a file whose parent lies in a layer below", entries: [fileOf("a/b", "")] },
    { name: "names that only begin with dots", entries: [fileOf("..a/...", ""), fileOf(".wha", "")] },
    { name: "a hard link to an earlier file", entries: [fileOf("a", "1"), link("b", "a"), link("c/d", "a")] },
  ] satisfies { name: string; entries: LayerEntry[] }[])("but not $name", async ({ entries }) => {
    expect((await layerOf(entries)).tree.entries.length).toBe(entries.length);
  });
});

describe("writeLayer, when it fails", () => {
  /** Large enough for several rounds of compression, with a count of the readers that are open. */
  function watched(onRead: (index: number) => void): { entries: Iterable<LayerEntry>; open: () => number } {
    let open = 0;
    const data = noise(LARGE_FILE_BYTES * 3, 1);
    const entries = Array.from({ length: 40 }, (_, index): LayerEntry => {
      const file = fileOf(`f${String(index).padStart(2, "0")}`, data);
      const opened = (): ReturnType<typeof bytesReader> => {
        open += 1;
        const reader = bytesReader(data);
        return {
          read: (target) => {
            onRead(index);
            return reader.read(target);
          },
          close: () => {
            open -= 1;
          },
        };
      };
      return { ...file, open: opened };
    });
    return { entries, open: () => open };
  }

  it.each([0, 30])("closes the reader that failed, as file %i, and sends nothing more", async (failing) => {
    const failure = new Error("disk gone");
    let failed = false;
    let after = 0;
    const { entries, open } = watched((index) => {
      if (index !== failing) return;
      failed = true;
      throw failure;
    });
    const sink = (): void => {
      if (failed) after += 1;
    };
    await expect(writeLayer(entries, sink)).rejects.toBe(failure);
    expect([open(), after]).toEqual([0, 0]);
  });

  it("stops at an abort with its reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    let after = 0;
    const { entries, open } = watched((index) => {
      if (index === 30) controller.abort(reason);
    });
    const sink = (): void => {
      if (controller.signal.aborted) after += 1;
    };
    await expect(writeLayer(entries, sink, { signal: controller.signal })).rejects.toBe(reason);
    expect([open(), after]).toEqual([0, 0]);
  });

  it("opens nothing when it was aborted before, not even empty files", async () => {
    let opened = 0;
    const entry = fileOf("a", "", {
      open: () => {
        opened += 1;
        return bytesReader(Buffer.of());
      },
    });
    await expect(layerOf([entry], { signal: AbortSignal.abort("before") })).rejects.toBe("before");
    expect(opened).toBe(0);
  });

  it("reads no further in a file that comes slowly", async () => {
    const controller = new AbortController();
    let reads = 0;
    const slow = bytesReader(noise(10_000, 1), 1000);
    const read = async (target: Uint8Array): Promise<number> => {
      reads += 1;
      if (reads === 3) controller.abort("enough");
      return slow.read(target);
    };
    const entry = fileOf("a", noise(10_000, 1), { open: () => ({ read, close: () => slow.close() }) });
    await expect(layerOf([entry], { signal: controller.signal })).rejects.toBe("enough");
    expect(reads).toBe(3);
  });

  it("sends nothing more when the sink's own work leads to the abort, after all entries were read", async () => {
    const controller = new AbortController();
    let calls = 0;
    const sink = (): void => {
      calls += 1;
      controller.abort("enough");
    };
    const entries = [1, 2, 3].map((index) => fileOf(`f${index}`, noise(LARGE_FILE_BYTES, index)));
    await expect(writeLayer(entries, sink, { signal: controller.signal })).rejects.toBe("enough");
    expect(calls).toBe(1);
  });

  it("stops at a sink that fails", async () => {
    let calls = 0;
    const { entries, open } = watched(() => undefined);
    const sink = async (): Promise<void> => {
      calls += 1;
      if (calls === 3) throw new Error("full");
    };
    await expect(writeLayer(entries, sink)).rejects.toThrow("full");
    expect([open(), calls]).toEqual([0, 3]);
  });

  it("ends the entries it was reading from", async () => {
    let ended = 0;
    async function* endless(): AsyncGenerator<LayerEntry> {
      try {
        for (;;) yield fileOf("same", "");
      } finally {
        ended += 1;
      }
    }
    await expect(layerOf(endless())).rejects.toMatchObject({ code: "LAYER_PATH_DUPLICATE" });
    expect(ended).toBe(1);
  });

  it("never calls the sink again before it is done", async () => {
    let running = 0;
    const sink = async (): Promise<void> => {
      running += 1;
      expect(running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
    };
    await writeLayer(mixedEntries(), sink);
  });
});

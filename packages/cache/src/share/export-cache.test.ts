import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestHex, type LayerEntry, parseContentDigest, writeLayer } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { writes } from "../../test/support/made-up-layer.js";
import { temporaryFolder } from "../../test/support/temporary-folder.js";
import {
  type Cache,
  type CacheExport,
  checkExport,
  exportCache,
  keyField,
  openCache,
  openImport,
  type StepKey,
  stepKey,
} from "../index.js";

const all = (): boolean => true;
const content = parseContentDigest(`sha256:${"c".repeat(64)}`);

function keyOf(name: string): StepKey {
  return stepKey([
    keyField("operation", "string", name),
    keyField("environment", "pair-list", [["A", "told to nobody"]]),
  ]);
}

/** A cache with records of some names, and a place for an export. */
async function prepared(
  ...names: readonly string[]
): Promise<{ readonly cache: Cache; readonly dir: string }> {
  const top = await temporaryFolder();
  const cache = await openCache({ dir: join(top, "cache") });
  for (const name of names) {
    const layer = await cache.writeLayer(writes(name));
    await cache.record(keyOf(name), {
      stepName: name,
      createdSec: 7,
      content: { digest: content, form: "f", layer },
    });
  }
  return { cache, dir: join(top, "export") };
}

const adds =
  (cache: Cache, ...names: readonly string[]) =>
  async (target: CacheExport): Promise<void> => {
    for (const name of names) await target.add(keyOf(name).digest, cache, all);
  };

/** The names of the records that an export has whole. */
async function found(dir: string, ...names: readonly string[]): Promise<readonly string[]> {
  const source = await openImport({ dir });
  const store = await openCache({ dir });
  const whole: string[] = [];
  for (const name of names) {
    const [layer] = (await source?.record(keyOf(name)))?.layers ?? [];
    if (layer !== undefined && (await store.layer(layer)) !== undefined) whole.push(name);
  }
  return whole;
}

describe("exportCache", () => {
  it("copies records with their layers and times, and no values of variables", async () => {
    const { cache, dir } = await prepared("a", "b");
    await exportCache({ dir, others: "remove" }, adds(cache, "a", "b", "unknown"));
    expect(await found(dir, "a", "b")).toEqual(["a", "b"]);
    const record = await (await openImport({ dir }))?.record(keyOf("a"));
    expect(record).toMatchObject({ stepName: "a", createdSec: 7, contentDigest: content });
    expect(JSON.stringify(record)).not.toContain("told to nobody");
    expect(await (await openCache({ dir })).verify()).toMatchObject({ damages: [] });
  });

  it("copies those layers of a record alone that are used", async () => {
    const { cache, dir } = await prepared("a");
    const layer = await cache.writeLayer(writes("another form"));
    await cache.record(keyOf("a"), { stepName: "a", content: { digest: content, form: "g", layer } });
    await exportCache({ dir, others: "remove" }, (target) =>
      target.add(keyOf("a").digest, cache, ({ form }) => form === "g"),
    );
    expect(await readdir(join(dir, "v1/blobs/sha256"))).toEqual([digestHex(layer.digest)]);
  });

  it("removes what it does not need when all is there, unless that is to stay", async () => {
    const { cache, dir } = await prepared("a", "b", "c");
    await exportCache({ dir, others: "remove" }, adds(cache, "a"));
    await exportCache({ dir, others: "keep" }, adds(cache, "b"));
    expect(await found(dir, "a", "b")).toEqual(["a", "b"]);
    await exportCache({ dir, others: "remove" }, adds(cache, "c"));
    expect(await found(dir, "a", "b", "c")).toEqual(["c"]);
    for (const kind of ["records", "trees", "segments", "blobs/sha256"]) {
      expect(await readdir(join(dir, "v1", kind))).toHaveLength(1);
    }
  });

  it("leaves the last export whole where it fails", async () => {
    const { cache, dir } = await prepared("a", "b");
    await exportCache({ dir, others: "remove" }, adds(cache, "a"));
    const failing = exportCache({ dir, others: "remove" }, async (target) => {
      await adds(cache, "b")(target);
      throw new Error("enough");
    });
    await expect(failing).rejects.toThrow("enough");
    expect(await found(dir, "a", "b")).toEqual(["a", "b"]);
  });

  it("makes exports to one folder one after the other", async () => {
    const { cache, dir } = await prepared("a", "b");
    let running = 0;
    const alone = (name: string) => async (target: CacheExport) => {
      running += 1;
      expect(running).toBe(1);
      await adds(cache, name)(target);
      running -= 1;
    };
    const both = ["a", "b"].map((name) => exportCache({ dir, others: "remove" }, alone(name)));
    await Promise.all(both);
    expect(await found(dir, "a", "b")).toHaveLength(1);
  });

  it("adds layers that no record has, and takes over what an earlier export has of them", async () => {
    const { dir } = await prepared();
    const bytes = Buffer.alloc(600_000, "text");
    const file: LayerEntry = {
      type: "file",
      ...{ path: "f", mode: 0o644, uid: 0, gid: 0, mtimeSec: 0, size: bytes.length },
      open: () => {
        let at = 0;
        const read = (target: Uint8Array): number => {
          const count = bytes.copy(target, 0, at);
          at += count;
          return count;
        };
        return { read, close: () => undefined };
      },
    };
    const reused: number[] = [];
    for (let time = 0; time < 2; time++) {
      await exportCache({ dir, others: "remove" }, (target) =>
        target.addLayer(keyOf("folder"), {
          ...{ stepName: "folder", form: "f", digestOf: () => content },
          write: (reuse) => async (sink) => {
            const written = await writeLayer([file], sink, { compression: "gzip", level: 1, reuse });
            reused.push(written.work.segmentsReused);
            return written;
          },
        }),
      );
    }
    expect(reused[0]).toBe(0);
    expect(reused[1]).toBeGreaterThan(0);
  });

  it("goes on where an export was ended before it had anything", async () => {
    const { cache, dir } = await prepared("a");
    await exportCache({ dir, others: "remove" }, () => Promise.resolve());
    await rm(join(dir, "v1/oci-layout"));
    await rm(join(dir, "v1/blobs"), { recursive: true });
    await exportCache({ dir, others: "remove" }, adds(cache, "a"));
    expect(await found(dir, "a")).toEqual(["a"]);
  });
});

describe("checkExport", () => {
  it("lets nothing, an empty folder and an export pass", async () => {
    const { dir } = await prepared();
    await checkExport(dir);
    await mkdir(dir);
    await checkExport(dir);
    await exportCache({ dir, others: "remove" }, () => Promise.resolve());
    await checkExport(dir);
  });

  it.each([
    ["a cache", async (dir: string) => void (await openCache({ dir }))],
    [
      "an export of another version",
      async (dir: string) => {
        await exportCache({ dir, others: "keep" }, () => Promise.resolve());
        const marker = join(dir, "v1/exported");
        await writeFile(marker, (await readFile(marker, "latin1")).replace("export 1", "export 2"));
      },
    ],
    ["a file", async (dir: string) => writeFile(dir, "")],
  ])("refuses %s", async (_, make) => {
    const { dir } = await prepared();
    await make(dir);
    await expect(checkExport(dir)).rejects.toMatchObject({ code: "CACHE_EXPORT_FOREIGN" });
  });
});

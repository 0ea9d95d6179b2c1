import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../test/support/temporary-folder.js";
import { openCache } from "./open-cache.js";
import { currentProcess } from "./process/process-identity.js";
import { ownedName } from "./store/temporary-name.js";

const self = currentProcess();
const ended = { ...self, pid: 2 ** 22 + 1 };
const elsewhere = { ...self, host: "0".repeat(16) };

describe("openCache", () => {
  it("makes an OCI layout with private folders", async () => {
    const cache = await openCache({ dir: join(await temporaryFolder(), "deep", "cache") });
    expect((await readdir(cache.root)).sort()).toEqual([
      "CACHEDIR.TAG",
      "blobs",
      "index.json",
      "leases",
      "locks",
      "oci-layout",
      "projects",
      "records",
      "segments",
      "tmp",
      "trees",
    ]);
    expect(JSON.parse(await readFile(join(cache.root, "oci-layout"), "utf8"))).toEqual({
      imageLayoutVersion: "1.0.0",
    });
    expect(JSON.parse(await readFile(join(cache.root, "index.json"), "utf8"))).toMatchObject({
      schemaVersion: 2,
      manifests: [],
    });
    if (process.platform !== "win32") expect((await stat(cache.root)).mode & 0o777).toBe(0o700);
  });

  it("opens a store again, and from several callers at once", async () => {
    const dir = await temporaryFolder();
    const caches = await Promise.all(Array.from({ length: 6 }, () => openCache({ dir })));
    expect(new Set(caches.map((cache) => cache.root)).size).toBe(1);
    expect(await readdir(join(dir, "v1", "tmp"))).toEqual([]);
  });

  it("brings back folders that somebody removed", async () => {
    const dir = await temporaryFolder();
    const { root } = await openCache({ dir });
    await rm(join(root, "records"), { recursive: true });
    await openCache({ dir });
    expect(await readdir(join(root, "records"))).toEqual([]);
  });

  it("takes the folder as the process stands when it is relative", async () => {
    const { root } = await openCache({ dir: await temporaryFolder() });
    expect(root).toMatch(/^(\/|[A-Z]:)/);
  });

  it.each([
    ["an ended process", ended, "removed"],
    ["a living process", self, "kept"],
    ["a process elsewhere that writes no more", elsewhere, "removed"],
  ] as const)("finds temporary files, folders and leases of %s: %s", async (_, owner, fate) => {
    const dir = await temporaryFolder();
    const { root } = await openCache({ dir });
    const names = { file: ownedName(owner), folder: ownedName(owner), lease: ownedName(owner) };
    await writeFile(join(root, "tmp", names.file), "half");
    await mkdir(join(root, "tmp", names.folder, "deep"), { recursive: true });
    await writeFile(join(root, "leases", names.lease), "1");
    for (const path of [names.file, names.folder].map((name) => join(root, "tmp", name))) await age(path);
    await age(join(root, "leases", names.lease));
    await openCache({ dir });
    const kept = fate === "kept";
    expect(await readdir(join(root, "tmp"))).toEqual(kept ? [names.file, names.folder].sort() : []);
    expect(await readdir(join(root, "leases"))).toEqual(kept ? [names.lease] : []);
  });

  it("keeps what a process elsewhere may still write to", async () => {
    const dir = await temporaryFolder();
    const { root } = await openCache({ dir });
    const name = ownedName(elsewhere);
    await writeFile(join(root, "tmp", name), "half");
    await writeFile(join(root, "leases", name), "1");
    await openCache({ dir });
    expect(await readdir(join(root, "tmp"))).toEqual([name]);
    expect(await readdir(join(root, "leases"))).toEqual([name]);
  });
});

/** Two days. */
async function age(path: string): Promise<void> {
  const seconds = Date.now() / 1000 - 2 * 86_400;
  await utimes(path, seconds, seconds);
}

describe("lease", () => {
  it("lies in the store until it is released or disposed of", async () => {
    const cache = await openCache({ dir: await temporaryFolder() });
    const leases = (): Promise<string[]> => readdir(join(cache.root, "leases"));
    const [first, second] = [await cache.lease(), await cache.lease()];
    expect(await leases()).toHaveLength(2);
    await first.release();
    await first.release();
    expect(await leases()).toHaveLength(1);
    await second[Symbol.asyncDispose]();
    expect(await leases()).toEqual([]);
  });
});

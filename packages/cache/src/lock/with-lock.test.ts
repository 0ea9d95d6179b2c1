import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/support/temporary-folder.js";
import { type Cache, openCache } from "../index.js";
import { currentProcess, formatIdentity } from "../process/process-identity.js";

describe("withLock", () => {
  it("runs one piece of work at a time, and all of them", async () => {
    const cache = await opened();
    const log: string[] = [];
    const work = async (index: number): Promise<void> => {
      log.push(`in ${index}`);
      await delay(3);
      log.push(`out ${index}`);
    };
    await Promise.all(Array.from({ length: 12 }, (_, index) => cache.withLock("one", () => work(index))));
    expect(log).toHaveLength(24);
    for (let at = 0; at < log.length; at += 2) expect(log[at + 1]).toBe(log[at]?.replace("in", "out"));
  });

  it("gives what the work gives, and passes on how it fails", async () => {
    const cache = await opened();
    expect(await cache.withLock("one", () => Promise.resolve(7))).toBe(7);
    await expect(cache.withLock("one", () => Promise.reject(new Error("work failed")))).rejects.toThrow(
      "work failed",
    );
    expect(await cache.withLock("one", () => Promise.resolve(8))).toBe(8);
  });

  it("does not mix up locks whose names begin alike", async () => {
    const cache = await opened();
    await cache.withLock("one", () => cache.withLock("one-more", () => Promise.resolve()));
    expect((await readdir(join(cache.root, "locks"))).sort()).toEqual(["one-more.1", "one.1"]);
  });

  it("keeps one folder per lock, however often it was held", async () => {
    const cache = await opened();
    for (let round = 0; round < 5; round++) await cache.withLock("one", () => Promise.resolve());
    expect(await readdir(join(cache.root, "locks"))).toEqual(["one.5"]);
    expect(await readdir(join(cache.root, "tmp"))).toEqual([]);
  });

  const self = currentProcess();
  const dead = [
    ["whose pid another process has by now", { ...self, start: "1" }],
    ["whose pid is free", { ...self, pid: 2 ** 22 + 1 }],
  ] as const;
  it.each(dead)("takes over the lock of a process %s", async (_, owner) => {
    const cache = await opened();
    await makeLock(cache, formatIdentity(owner));
    expect(await cache.withLock("one", () => Promise.resolve("mine"))).toBe("mine");
    expect(await readdir(join(cache.root, "locks"))).toEqual(["one.4"]);
  });

  const unknown = [
    ["another machine or container", formatIdentity({ ...self, host: "0".repeat(16) })],
    ["nobody it can make out", "what?"],
  ] as const;
  it.each(unknown)("waits for the lock of %s until the signal says stop", async (_, owner) => {
    const abort = new AbortController();
    const cache = await openCache({ dir: await temporaryFolder(), signal: abort.signal });
    const path = await makeLock(cache, owner);
    await utimes(path, 1, 1);
    setTimeout(() => abort.abort(), 100);
    await expect(cache.withLock("one", () => Promise.resolve())).rejects.toMatchObject({
      name: "AbortError",
    });
  });

  it.each(["", "../x", "A", "a.1"])("refuses the name %j", async (name) => {
    const cache = await opened();
    await expect(cache.withLock(name, () => Promise.resolve())).rejects.toThrow();
  });
});

async function opened(): Promise<Cache> {
  return openCache({ dir: await temporaryFolder() });
}

async function makeLock(cache: Cache, owner: string): Promise<string> {
  const folder = join(cache.root, "locks", "one.3");
  await mkdir(folder);
  await writeFile(join(folder, "lock"), "");
  await writeFile(join(folder, "owner"), owner);
  return join(folder, "owner");
}

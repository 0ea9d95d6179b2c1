import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { digestOf, type OciBuildError, parseContentDigest } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { type Cache, openCache } from "../src/index.js";
import { writes } from "./support/made-up-layer.js";
import { startChild, type TestChild } from "./support/run-child.js";
import { temporaryFolder } from "./support/temporary-folder.js";
import { keyOf, TimedStore } from "./support/timed-store.js";

const KEYS = 16;
const ROUNDS = 3;

/** Each starts processes, which takes its time on a busy machine. */
const timeout = 120_000;

describe("prune beside builds", { timeout }, () => {
  it("never takes what they found, and they find what it left", async () => {
    const dir = await temporaryFolder();
    await using first = startChild("use-records", [dir, String(KEYS)]);
    await using second = startChild("use-records", [dir, String(KEYS)]);
    await using pruner = startChild("prune-all", [dir]);
    const users = [first, second];
    for (const child of [...users, pruner]) expect(await child.nextLine()).toBe("ready");
    await allAtOnce(users);
    for (const found of (await allAtOnce(users)).values()) expect(Number(found)).toBe(KEYS);
    const cache = await openCache({ dir });
    // One that begins between a build's look-ups and its use of what it found.
    await makeOld(cache);
    expect(await told(first, "find")).toBe(String(KEYS));
    expect(await told(pruner, "all")).toBe("0");
    expect(await told(first, "read")).toBe(String(KEYS));
    for (let round = 0; round < ROUNDS; round++) {
      await makeOld(cache);
      const answers = await allAtOnce(round % 2 === 0 ? [...users, pruner] : [pruner, ...users]);
      for (const user of users) expect(answers.get(user)).toMatch(/^[0-9]+$/);
    }
    // The pruner may have ended last, and have taken what the builds were done with.
    await allAtOnce([first]);
    await makeOld(cache);
    expect(Number((await allAtOnce([pruner])).get(pruner))).toBe(KEYS);
    expect((await cache.verify()).damages).toEqual([]);
    expect(await readdir(join(cache.root, "leases"))).toEqual([]);
  });
});

describe("a prune that was killed", { timeout }, () => {
  it("leaves whole records, and the next one takes the rest", async () => {
    const dir = await temporaryFolder();
    for (const killAfterMs of [2, 12]) {
      const store = await TimedStore.open(dir);
      for (let index = 0; index < KEYS; index++) await recordOne(store.cache, String(index));
      await makeOld(store.cache);
      await using pruner = startChild("prune-all", [dir]);
      expect(await pruner.nextLine()).toBe("ready");
      pruner.send("all");
      await delay(killAfterMs);
      pruner.process.kill("SIGKILL");
      await pruner.ended();

      const warnings: OciBuildError[] = [];
      const cache = await openCache({ dir, onWarning: (warning) => void warnings.push(warning) });
      expect(await store.incomplete(), `killed after ${killAfterMs} ms`).toEqual([]);
      expect(await readdir(join(cache.root, "tmp"))).toEqual([]);
      expect((await cache.verify()).damages).toEqual([]);
      await store.cache.prune({ scope: "all" });
      for (const folder of ["records", "trees", "segments", "blobs/sha256"]) {
        expect(await readdir(join(cache.root, folder)), folder).toEqual([]);
      }
      expect(warnings).toEqual([]);
    }
  });
});

async function recordOne(cache: Cache, text: string): Promise<void> {
  const layer = await cache.writeLayer(writes(text));
  const content = { digest: parseContentDigest(digestOf(text)), form: "gzip", layer };
  await cache.record(keyOf(text), { stepName: text, content });
}

/** What a child tells of one thing that it is to do. */
function told(child: TestChild, what: string): Promise<string> {
  child.send(what);
  return child.nextLine();
}

/** Starts a round in all children, and gives what each told at its end. */
async function allAtOnce(children: readonly TestChild[]): Promise<ReadonlyMap<TestChild, string>> {
  for (const child of children) child.send("all");
  return new Map(await Promise.all(children.map(async (child) => [child, await child.nextLine()] as const)));
}

/** As if nothing had been used since 2001. */
async function makeOld(cache: Cache): Promise<void> {
  for (const folder of ["records", "trees", "segments", "blobs/sha256"]) {
    for (const name of await readdir(join(cache.root, folder))) {
      await utimes(join(cache.root, folder, name), 1e9, 1e9);
    }
  }
}

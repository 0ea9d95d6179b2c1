import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestOf } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { keyField, openCache, stepKey } from "../src/index.js";
import { startChild } from "./support/run-child.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const KEYS = 20;

describe("processes that record the same keys with different contents", () => {
  it("agree on one content for every key, and the store has it", async () => {
    const dir = await temporaryFolder();
    await using first = startChild("record-results", [dir, "first", String(KEYS)]);
    await using second = startChild("record-results", [dir, "second", String(KEYS)]);
    const children = [first, second];
    for (const child of children) expect(await child.nextLine()).toBe("ready");
    for (const child of children) child.send("go");
    const [one, two] = await Promise.all(children.map(async (child) => JSON.parse(await child.nextLine())));
    expect(one).toHaveLength(KEYS);
    expect(two).toEqual(one);

    const cache = await openCache({ dir });
    for (let index = 0; index < KEYS; index++) {
      const record = await cache.lookUp(stepKey([keyField("index", "number", index)]));
      expect(record?.contentDigest).toBe(one[index]);
      const possible = [digestOf(`first ${index}`), digestOf(`second ${index}`)];
      expect(possible).toContain(record?.layers[0]?.digest);
      expect(record?.layers[0]?.digest).toBe(record?.contentDigest);
    }
  });
});

describe("processes that take the same lock", () => {
  it("never work at the same time", async () => {
    const dir = await temporaryFolder();
    const counter = join(dir, "counter");
    await writeFile(counter, "0");
    const children = [1, 2, 3].map(() => startChild("count-up", [dir, counter, "40"]));
    for (const child of children) expect(await child.nextLine()).toBe("done");
    for (const child of children) await child[Symbol.asyncDispose]();
    expect(await readFile(counter, "utf8")).toBe("120");
  });
});

import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeOnce } from "./make-once.mjs";

let parent = "";
beforeEach(async () => {
  parent = await fs.mkdtemp(path.join(os.tmpdir(), "oci-build-bench-"));
});
afterEach(() => fs.rm(parent, { recursive: true, force: true }));

const write =
  (text: string) =>
  async (folder: string): Promise<void> =>
    fs.writeFile(path.join(folder, "file"), text);

it("makes a folder once, and anew from another recipe", async () => {
  const folder = path.join(parent, "a");
  expect(await makeOnce(folder, "1", write("one"))).toBe("made");
  expect(await makeOnce(folder, "1", write("never"))).toBe("found");
  expect(await fs.readFile(path.join(folder, "file"), "utf8")).toBe("one");
  expect(await makeOnce(folder, "2", write("two"))).toBe("made");
  expect(await fs.readFile(path.join(folder, "file"), "utf8")).toBe("two");
});

it("leaves nothing of one that could not be made", async () => {
  const failing = makeOnce(path.join(parent, "a"), "1", async (folder) => {
    await write("half")(folder);
    throw new Error("no network");
  });
  await expect(failing).rejects.toThrow("no network");
  expect(await fs.readdir(parent)).toEqual([]);
});

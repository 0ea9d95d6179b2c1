import type { LayerEntry, Xattrs } from "@oci-build/oci";
import type { Snapshot } from "@oci-build/snapshot";
import { describe, expect, it } from "vitest";
import { tree } from "../../../snapshot/src/testing/tree-lines.js";
import { layerLines } from "../../test/support/layer-lines.js";
import { explicitDeletions } from "./explicit-deletions.js";
import type { UpperEntry } from "./upper-entry.js";

const meta = { mode: 0o755, uid: 0, gid: 0, mtimeSec: 5 };

function directory(path: string, hides: UpperEntry["hides"] = "nothing", xattrs?: Xattrs): UpperEntry {
  return { entry: { type: "directory", path, ...meta, ...(xattrs === undefined ? {} : { xattrs }) }, hides };
}

function link(path: string): UpperEntry {
  return { entry: { type: "symlink", path, target: "x", ...meta }, hides: "nothing" };
}

function whiteout(path: string): UpperEntry {
  return { entry: { type: "whiteout", path }, hides: "nothing" };
}

/** The entries of an upper directory, each in a batch of its own, as a layer has them. */
async function explicit(upper: readonly UpperEntry[], below: Snapshot): Promise<readonly string[]> {
  const kinds = new Map(
    upper.map(({ entry }) => [entry.path, entry.type === "directory" ? "directory" : "other"] as const),
  );
  async function* batches(): AsyncGenerator<Iterable<UpperEntry>> {
    for (const entry of upper) yield await Promise.resolve([entry]);
  }
  const entries: LayerEntry[] = [];
  for await (const batch of explicitDeletions(batches(), kinds, below)) entries.push(...batch);
  return layerLines(entries);
}

describe("explicitDeletions", () => {
  it("lists once what directories hide that are marked one in the other", async () => {
    const below = tree("file d/a 0644 ''", "file d/s/t 0644 ''", "file d/s/u 0644 ''", "file d/z 0644 ''");
    const upper = [directory("d", "below"), directory("d/s", "below"), link("d/s/u")];
    expect(await explicit(upper, below)).toEqual([
      "directory d 755",
      "whiteout d/a",
      "directory d/s 755",
      "whiteout d/s/t",
      "symlink d/s/u 755 -> x",
      "whiteout d/z",
    ]);
  });

  it("lists what directories hide that are marked beside each other", async () => {
    const below = tree("file d/a 0644 ''", "file dd/b 0644 ''");
    const upper = [directory("d", "below"), directory("dd", "below")];
    expect(await explicit(upper, below)).toEqual([
      "directory d 755",
      "whiteout d/a",
      "directory dd 755",
      "whiteout dd/b",
    ]);
  });

  it.each([
    ["as it is", new Map([["user.k", Buffer.from("v")]]), []],
    ["with another value", new Map([["user.k", Buffer.from("w")]]), ["directory d 755 user.k=w"]],
    ["with another name", new Map([["user.l", Buffer.from("v")]]), ["directory d 755 user.l=v"]],
    ["gone", undefined, ["directory d 755"]],
  ])(
    "drops a directory that is the same below, and not one with its attribute %s",
    async (_, xattrs, found) => {
      const below = tree("dir d 0755 @5 user.k=v");
      expect(await explicit([directory("d", "nothing", xattrs)], below)).toEqual(found);
    },
  );

  it("drops deletions of what is not there, and the directories on the way to them", async () => {
    const below = tree("dir d 0755 @5", "file d/a 0644 ''");
    expect(await explicit([directory("d"), whiteout("d/a"), whiteout("d/b")], below)).toEqual([
      "directory d 755",
      "whiteout d/a",
    ]);
    expect(await explicit([directory("d"), whiteout("d/b")], below)).toEqual([]);
  });
});

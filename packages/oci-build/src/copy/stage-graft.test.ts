import { digestOf, type LayerTree, parseDiffId, type TreeEntry } from "@oci-build/oci";
import { emptyFileTree, type Snapshot } from "@oci-build/snapshot";
import { describe, expect, it } from "vitest";
import { changeLines, tree } from "../../test/support/change-lines.js";
import { copyRequest, type ShortCopy } from "../../test/support/copy-request.js";
import { textFile } from "../../test/support/text-file.js";
import { digestChanges } from "../solve/digest-changes.js";
import { isGraft } from "./graft-changes.js";
import { selectCopy } from "./select-copy.js";

const meta = { mode: 0o755, uid: 1, gid: 2, mtimeSec: 5 };
const directory = (path: string): TreeEntry => ({ type: "directory", path, ...meta });
const file = (path: string, text: string): TreeEntry => {
  return { type: "file", path, ...meta, size: text.length, digest: digestOf(text), dataOffset: 0 };
};

const contents: readonly (readonly TreeEntry[])[] = [
  [directory("app")],
  [
    directory("app/bin"),
    { type: "block-device", path: "app/bin/disk", ...meta, deviceMajor: 8, deviceMinor: 1 },
    directory("app/lib"),
    file("app/lib/a", "aa"),
    directory("app/lib/deep"),
    file("app/lib/deep/b", "bbb"),
    { type: "symlink", path: "app/link", ...meta, target: "lib" },
    directory("app/twice"),
    file("app/twice/c", "c"),
    { type: "hardlink", path: "app/twice/d", ...meta, target: "app/twice/c" },
  ],
  [file("app/lib/new", ""), { type: "whiteout", path: "app/lib/a" }],
];

const layers = contents.map((entries, index): LayerTree => {
  return { diffId: parseDiffId(digestOf(String(index))), entries };
});

const stage = (count: number): Snapshot => {
  const empty = emptyFileTree((_, { path }) => textFile(path, `bytes of ${path}`).open());
  return layers.slice(0, count).reduce((below, layer) => below.applyLayer(layer), empty);
};

async function copied(snapshot: Snapshot, copy: ShortCopy, below: readonly string[]) {
  const source = { kind: "stage", snapshot } as const;
  const changes = await selectCopy(
    copyRequest(snapshot, { ...copy, request: { source, ...copy.request } }),
    tree(...below),
  );
  const grafts = changes.parts.flatMap((part) => (isGraft(part) ? part.placement.path : []));
  return { grafts, lines: await changeLines(changes), digest: await digestChanges(changes, {}) };
}

describe("a directory copied from a stage", () => {
  it.each<[string, number, ShortCopy, readonly string[], readonly string[]]>([
    ["at once where it is plain", 2, { sources: ["app/lib"], to: "/srv" }, [], ["srv"]],
    ["beside what is not plain", 2, { sources: ["app"], to: "/srv" }, [], ["srv/lib"]],
    ["beside what a later layer changed", 3, { sources: ["app"], to: "/srv" }, [], ["srv/lib/deep"]],
    ["through a link", 2, { sources: ["app/link"], to: "/srv" }, [], ["srv"]],
    [
      "beside what is there",
      2,
      { sources: ["app/lib"], to: "/srv" },
      ["dir srv", "file srv/x x"],
      ["srv/deep"],
    ],
    [
      "with another owner and mode",
      2,
      { sources: ["app"], to: "/", chmod: "u+x,go=r", request: { owner: { uid: 7, gid: 8 } } },
      [],
      ["lib"],
    ],
    ["by patterns", 2, { sources: ["app"], to: "/", exclude: ["**/b"] }, [], []],
  ])("%s is what its entries are one by one", async (_, count, copy, below, grafts) => {
    const fast = await copied(stage(count), copy, below);
    const slow = await copied(ungrafted(stage(count)), copy, below);
    expect(slow.grafts).toEqual([]);
    expect(fast).toEqual({ ...slow, grafts });
  });
});

/** The same tree without what makes grafts possible. */
function ungrafted(snapshot: Snapshot): Snapshot {
  return {
    entries: () => snapshot.entries(),
    get: (path) => snapshot.get(path),
    list: (path) => snapshot.list(path),
    openFile: (path) => snapshot.openFile(path),
    fileDigest: (path) => snapshot.fileDigest(path),
  };
}

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { withHostFolders } from "@oci-build/executor";
import { digestOf, parseDiffId, type TreeEntry } from "@oci-build/oci";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkUnpacked } from "./check-unpacked.js";

const { uid, gid } = os.userInfo();
// In the caller's own id space its files are its own; in a namespace they are root's.
const owner = uid === 0 ? { uid, gid } : { uid: 0, gid: 0 };
const diffId = parseDiffId(digestOf("layer"));
const meta = { mode: 0o644, ...owner, mtimeSec: 0 };
const entries: readonly TreeEntry[] = [
  { type: "directory", path: "d", ...meta, mode: 0o755 },
  { type: "file", path: "d/a", ...meta, size: 1, digest: digestOf("a"), dataOffset: 0 },
  { type: "hardlink", path: "d/b", ...meta, target: "d/a" },
  { type: "symlink", path: "d/link", ...meta, mode: 0o777, target: "a" },
  { type: "file", path: "described/not/c", ...meta, size: 1, digest: digestOf("c"), dataOffset: 0 },
];

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-unpacked-"));
  const at = (name: string): string => path.join(folder, "root", name);
  fs.mkdirSync(at("d"), { recursive: true });
  fs.mkdirSync(at("described/not"), { recursive: true });
  for (const name of ["d", "described", "described/not"]) fs.chmodSync(at(name), 0o755);
  for (const [name, text] of [
    ["d/a", "a"],
    ["described/not/c", "c"],
  ] as const) {
    fs.writeFileSync(at(name), text);
    fs.chmodSync(at(name), 0o644);
  }
  fs.linkSync(at("d/a"), at("d/b"));
  fs.symlinkSync("a", at("d/link"));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

const check = (tree: { readonly entries: readonly TreeEntry[] } | undefined, space?: string) =>
  withHostFolders({ env: process.env }, (folders) =>
    checkUnpacked(
      { folder, space: space ?? folders.space, diffId, tree: tree && { diffId, ...tree } },
      folders,
      undefined,
    ),
  );

describe.skipIf(process.platform !== "linux")("checkUnpacked (skipped: needs Linux)", () => {
  it("finds nothing wrong with what is as the layer says", async () => {
    expect(await check({ entries })).toBeUndefined();
  });

  it.each<[string, (root: string) => void, string]>([
    ["another byte", (root) => fs.writeFileSync(path.join(root, "d/a"), "x"), "d/a"],
    ["another mode", (root) => fs.chmodSync(path.join(root, "d/a"), 0o600), "d/a"],
    ["a file too many", (root) => fs.writeFileSync(path.join(root, "new"), ""), "new"],
    ["a folder too many", (root) => fs.mkdirSync(path.join(root, "empty")), "empty"],
    ["a file too few", (root) => fs.rmSync(path.join(root, "described/not/c")), "described/not/c"],
    [
      "another link",
      (root) => {
        fs.rmSync(path.join(root, "d/link"));
        fs.symlinkSync("b", path.join(root, "d/link"));
      },
      "d/link",
    ],
  ])("finds %s", async (_, damage, told) => {
    damage(path.join(folder, "root"));
    expect(await check({ entries })).toContain(told);
  });

  it("cannot judge a layer whose tree is not known, nor one of another id space", async () => {
    fs.rmSync(path.join(folder, "root/d"), { recursive: true });
    expect(await check(undefined)).toBeUndefined();
    expect(await check({ entries }, "another")).toBeUndefined();
  });
});

import { isOciBuildError } from "@oci-build/oci";
import { fileTreeOf } from "@oci-build/snapshot";
import { describe, expect, it } from "vitest";
import { treeEntries } from "../../../snapshot/src/testing/tree-lines.js";
import type { PreparedFile } from "./prepared-file.js";
import { StubLayer } from "./stub-layer.js";

const tree = fileTreeOf(
  treeEntries("dir etc 0750 3:4 @99", "file etc/hosts 0644 'x'", "dir proc 0555", "file f 0644 ''"),
);

const line = ({ type, path, mode, uid = 0, gid = 0, mtimeSec = 0 }: PreparedFile): string =>
  `${type} ${path} ${mode.toString(8)} ${uid}:${gid} @${mtimeSec}`;

describe("StubLayer", () => {
  it("is empty when the image has all that is mounted on", () => {
    const stub = new StubLayer(tree, 7);
    stub.add("proc", "directory");
    stub.add("etc/hosts", "file");
    expect(stub.isEmpty).toBe(true);
  });

  it("makes what is missing, and leaves directories of the image what they are", () => {
    const stub = new StubLayer(tree, 7);
    stub.add("etc/resolv.conf", "file");
    stub.add("run/secrets/one", "file");
    stub.add("run/secrets", "directory");
    expect(stub.files("stub").map(line)).toEqual([
      "directory stub 755 0:0 @0",
      "directory stub/etc 750 3:4 @99",
      "file stub/etc/resolv.conf 644 0:0 @7",
      "directory stub/run 755 0:0 @7",
      "directory stub/run/secrets 755 0:0 @7",
      "file stub/run/secrets/one 644 0:0 @7",
    ]);
  });

  it.each([
    ["a directory over a file", "f", "directory"],
    ["a file over a directory", "proc", "file"],
    ["something below a file", "f/x", "directory"],
    ["something below a file below which nothing is", "f/x/y", "file"],
  ] as const)("refuses %s", (_, path, type) => {
    expect(() => new StubLayer(tree, 7).add(path, type)).toThrow(
      expect.toSatisfy((error: unknown) => isOciBuildError(error, "EXECUTOR_MOUNT_INVALID")),
    );
  });

  it("refuses something below a file that is only there to mount on", () => {
    const stub = new StubLayer(tree, 7);
    stub.add("run/secret", "file");
    expect(() => stub.add("run/secret/x", "file")).toThrow();
  });
});

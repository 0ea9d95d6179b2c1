import type { FileReader } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { readAccounts } from "./read-accounts.js";
import { tree } from "./testing/tree-lines.js";
import { fileTreeOf } from "./tree/file-tree.js";

describe("readAccounts", () => {
  it("gives the fields of each line, in order", async () => {
    const text = "root:x:0:0:::\\n  app:x:1000:1001::/home/app:/bin/sh  \\n\\n# none";
    expect(await readAccounts(tree("dir etc", `file etc/passwd '${text}'`), "etc/passwd")).toEqual([
      ["root", "x", "0", "0", "", "", ""],
      ["app", "x", "1000", "1001", "", "/home/app", "/bin/sh"],
      [""],
      ["# none"],
    ]);
  });

  it.each([
    ["nothing", []],
    ["a directory", ["dir etc", "dir etc/group"]],
    ["a link to nothing", ["dir etc", "link etc/group -> /none"]],
    ["a pipe", ["dir etc", "fifo etc/group"]],
  ])("finds nobody where there is %s", async (_, lines) => {
    expect(await readAccounts(tree(...lines), "etc/group")).toEqual([]);
  });

  it("follows links inside the tree alone", async () => {
    const linked = tree(
      "link etc -> ../../real",
      "dir real",
      "link real/passwd -> /users",
      "file users 'a:x:1'",
    );
    expect(await readAccounts(linked, "etc/passwd")).toEqual([["a", "x", "1"]]);
  });

  it("reads no more than 16 MiB, however large the file says it is", async () => {
    let readBytes = 0;
    const open = (): FileReader => ({
      read: (target) => {
        readBytes += target.length;
        target.fill(10);
        return target.length;
      },
      close: () => undefined,
    });
    const meta = { path: "etc/passwd", mode: 0o644, uid: 0, gid: 0, mtimeSec: 0 };
    const huge = fileTreeOf([{ type: "file", ...meta, size: 2 ** 40, open }]);
    await readAccounts(huge, "etc/passwd");
    expect(readBytes).toBe(16 * 1024 * 1024);
  });

  it("closes a file that cannot be read", async () => {
    let closed = 0;
    const open = (): FileReader => ({
      read: () => {
        throw new Error("unreadable");
      },
      close: () => {
        closed += 1;
      },
    });
    const meta = { path: "etc/passwd", mode: 0o644, uid: 0, gid: 0, mtimeSec: 0 };
    const bad = fileTreeOf([{ type: "file", ...meta, size: 9, open }]);
    await expect(readAccounts(bad, "etc/passwd")).rejects.toThrow("unreadable");
    expect(closed).toBe(1);
  });
});

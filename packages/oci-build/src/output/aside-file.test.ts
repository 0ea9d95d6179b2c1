import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { asideName, asideTarget, removeStaleAsides } from "./aside-file.js";

describe("asideTarget", () => {
  it("takes back what asideName did", () => {
    expect(asideTarget(asideName("/a/app.oci.tar"))).toBe("/a/app.oci.tar");
  });

  it.each(["/a/app.oci.tar", "/a/.app.tmp", "/a/.app.1234.tmp", "/a/.tmp"])(
    "knows %s for none of ours",
    (file) => {
      expect(asideTarget(file)).toBeUndefined();
    },
  );
});

describe("removeStaleAsides", () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-aside-"));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("removes what a killed build left an hour ago, and nothing else", async () => {
    const file = path.join(folder, "app.tar");
    const [old, young, other] = [asideName(file), asideName(file), asideName(path.join(folder, "b.tar"))];
    const nowMs = Date.now();
    for (const name of [old, young, other]) fs.writeFileSync(name, "");
    for (const name of [old, other]) fs.utimesSync(name, 0, (nowMs - 3_700_000) / 1000);
    await removeStaleAsides(file, nowMs);
    expect(fs.readdirSync(folder).sort()).toEqual([young, other].map((name) => path.basename(name)).sort());
  });
});

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { asideName } from "../output/aside-file.js";
import { writtenFiles } from "./written-paths.js";

let folder: string;
beforeEach(() => {
  folder = fs.realpathSync.native(fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-written-")));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const inFolder = (name: string): string => path.join(folder, name);
const testFor = (name: string) => testOf(inFolder(name), []);

function testOf(dest: string, others: readonly (string | undefined)[]): (file: string) => boolean {
  const { folders, isLeftOut } = writtenFiles([{ kind: "archive", dest, form: "tar", names: [] }], others);
  return (file) => folders.has(path.dirname(file)) && isLeftOut(file);
}

describe("writtenFiles", () => {
  it("knows the output, the other files and nothing else", () => {
    const isWritten = testOf(inFolder("a.tar"), [inFolder("iid"), undefined]);
    expect(["a.tar", "iid", "b.tar"].map((name) => isWritten(inFolder(name)))).toEqual([true, true, false]);
  });

  it("knows the files aside of this build, of others and of killed ones", () => {
    const isWritten = testFor("a.tar");
    expect(isWritten(asideName(inFolder("a.tar")))).toBe(true);
    expect(isWritten(asideName(inFolder("b.tar")))).toBe(false);
  });

  it("knows a link, and the file to which it leads", () => {
    fs.writeFileSync(inFolder("real.tar"), "");
    fs.symlinkSync("real.tar", inFolder("a.tar"));
    const isWritten = testFor("a.tar");
    expect(["a.tar", "real.tar"].map((name) => isWritten(inFolder(name)))).toEqual([true, true]);
  });

  it("knows a file behind a linked folder by its real path", () => {
    fs.mkdirSync(inFolder("out"));
    fs.symlinkSync("out", inFolder("link"));
    expect(testFor("link/a.tar")(inFolder("out/a.tar"))).toBe(true);
  });

  it.each(["loop/a.tar", "file/x/a.tar", `${"x".repeat(300)}/a.tar`, "none/none/a.tar"])(
    "leaves it to the writer to refuse %s",
    (name) => {
      fs.symlinkSync("loop", inFolder("loop"));
      fs.writeFileSync(inFolder("file"), "");
      expect(testFor(name)(inFolder("other"))).toBe(false);
    },
  );
});

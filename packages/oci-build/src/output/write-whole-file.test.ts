import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeWholeFile } from "./write-whole-file.js";

let folder: string;
let file: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-output-"));
  file = path.join(folder, "app.tar");
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const write = (text: string): Promise<void> => writeWholeFile(file, (handle) => handle.writeFile(text));
const names = (): string[] => fs.readdirSync(folder).sort();

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code, syscall: "write" });
}

describe("writeWholeFile", () => {
  it("follows a link and leaves it one", async () => {
    fs.symlinkSync("real.tar", file);
    await write("first");
    await write("second");
    expect(fs.readlinkSync(file)).toBe("real.tar");
    expect(fs.readFileSync(path.join(folder, "real.tar"), "utf8")).toBe("second");
    expect(names()).toEqual(["app.tar", "real.tar"]);
  });

  it("keeps the mode of the file that it replaces", async () => {
    fs.writeFileSync(file, "secret", { mode: 0o600 });
    await write("new");
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each([
    ["ENOSPC", "OUTPUT_DISK_FULL"],
    ["EDQUOT", "OUTPUT_DISK_FULL"],
    ["EIO", "OUTPUT_NOT_WRITABLE"],
  ])("leaves the old file when the last byte meets %s", async (system, code) => {
    await write("old");
    const failing = writeWholeFile(file, async (handle) => {
      await handle.writeFile("all but one");
      throw systemError(system);
    });
    await expect(failing).rejects.toMatchObject({ code });
    expect(fs.readFileSync(file, "utf8")).toBe("old");
    expect(names()).toEqual(["app.tar"]);
  });

  it("lets the last of many writers win, whole", async () => {
    const texts = ["a", "b", "c", "d"].map((letter) => letter.repeat(100_000));
    await Promise.all(texts.map(write));
    expect(texts).toContain(fs.readFileSync(file, "utf8"));
    expect(names()).toEqual(["app.tar"]);
  });

  it.each([
    ["a folder", "", "it is a folder"],
    ["a folder that is not there", "no/app.tar", "its folder does not exist"],
    ["a file for a folder", "file/app.tar", "a part of the path is no folder"],
    ["links in a circle", "loop", "too many symbolic links"],
    ["a name too long", "x".repeat(300), "the name is too long"],
  ])("refuses %s", async (_, name, problem) => {
    fs.writeFileSync(path.join(folder, "file"), "");
    fs.symlinkSync("loop", path.join(folder, "loop"));
    const place = path.join(folder, name);
    await expect(writeWholeFile(place, () => Promise.resolve())).rejects.toMatchObject({
      code: "OUTPUT_NOT_WRITABLE",
      message: `cannot write ${place}: ${problem}`,
    });
  });
});

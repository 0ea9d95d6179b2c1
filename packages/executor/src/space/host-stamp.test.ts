import { appendFileSync, copyFileSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { makeFolder, removeFolder } from "../../test/support/temporary-folder.js";
import { readStamp, type StampScope, writeStamp } from "./host-stamp.js";

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await removeFolder(folder);
});

const found = { name: "util-linux", mapping: "root" };
let program: string;
let scope: StampScope;

beforeEach(async () => {
  const folder = makeFolder();
  folders.push(folder);
  program = path.join(folder, "program");
  writeFileSync(program, "1");
  scope = { dir: folder, choice: "auto", programs: [program, path.join(folder, "none")] };
  await writeStamp(scope, found);
});

/** The stamp as it lies on disk. */
const stampFile = (): string => path.join(scope.dir, "host-auto.json");

describe("readStamp", () => {
  it("gives what was found under the same circumstances", () => {
    expect(readStamp(scope)).toEqual(found);
    expect(readdirSync(scope.dir).sort()).toEqual(["host-auto.json", "program"]);
  });

  it("does not mind other files in the folder", () => {
    writeFileSync(path.join(scope.dir, "other"), "");
    expect(readStamp(scope)).toEqual(found);
  });

  it.each<[string, () => void]>([
    ["when a program was replaced", () => utimesSync(program, 1, 1)],
    ["when a program came", () => writeFileSync(path.join(scope.dir, "none"), "")],
    ["when it is no JSON", () => writeFileSync(stampFile(), "{")],
    ["when it is no object", () => writeFileSync(stampFile(), "null")],
    ["when it has no key", () => writeFileSync(stampFile(), JSON.stringify({ found }))],
    ["when it is far too large", () => appendFileSync(stampFile(), " ".repeat(20_000))],
  ])("gives nothing %s", (_, change) => {
    change();
    expect(readStamp(scope)).toBeUndefined();
  });

  it("gives nothing when there is none for the choice", () => {
    expect(readStamp({ ...scope, choice: "crun" })).toBeUndefined();
  });

  it("gives nothing when another program is meant", () => {
    expect(readStamp({ ...scope, programs: [program] })).toBeUndefined();
  });

  it("gives nothing when the folder is another", () => {
    const dir = makeFolder();
    folders.push(dir);
    copyFileSync(stampFile(), path.join(dir, "host-auto.json"));
    expect(readStamp({ ...scope, dir })).toBeUndefined();
  });
});

import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { temporaryDirectory } from "../../test/temporary-directory.js";
import { MemoryIndexStore } from "../testing/memory-index-store.js";
import { hashFiles } from "./hash-files.js";
import { scanDirectory } from "./scan-directory.js";

const DIRECTORIES = 5;
const FILES_IN_A_DIRECTORY = 20;
const files = DIRECTORIES * FILES_IN_A_DIRECTORY;
const entries = DIRECTORIES + files;
/** To know that the root is a directory, and its stat. */
const rootLooks = 2;
const counted = [
  "lstatSync",
  "statSync",
  "readdirSync",
  "openSync",
  "fstatSync",
  "readSync",
  "closeSync",
] as const;

let root: string;
const store = new MemoryIndexStore();
const index = { store, now: () => Date.now() + 60_000, isTrusted: () => true };

/** Scans, hashes every file, and gives how often the system was asked, by call. */
async function callsOfScan(): Promise<Readonly<Record<string, number>>> {
  const spies = counted.map((name) => vi.spyOn(fs, name));
  const owners = { uid: 0, gid: 0 };
  const { snapshot, index: learnt } = await scanDirectory({ root, owners, xattrs: "skip", index });
  const paths = [...snapshot.entries()].filter(({ type }) => type === "file").map((entry) => entry.path);
  await hashFiles(snapshot, paths);
  await learnt?.save();
  const counts = spies.map((spy, at) => [counted[at], spy.mock.calls.length] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

beforeEach(async () => {
  root = fs.realpathSync(await temporaryDirectory());
  for (let directory = 0; directory < DIRECTORIES; directory++) {
    fs.mkdirSync(path.join(root, `d${directory}`));
    for (let file = 0; file < FILES_IN_A_DIRECTORY; file++) {
      fs.writeFileSync(path.join(root, `d${directory}/f${file}`), `${directory} ${file}`);
    }
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("system calls of a scan", () => {
  it("are one lstat an entry and one list a directory, and four to hash a small file", async () => {
    expect(await callsOfScan()).toEqual({
      lstatSync: entries + rootLooks,
      readdirSync: DIRECTORIES + 1,
      openSync: files,
      fstatSync: files,
      readSync: files,
      closeSync: files,
    });
  });

  it("are one lstat an entry and nothing else when an index knows it all", async () => {
    await callsOfScan();
    vi.restoreAllMocks();
    expect(await callsOfScan()).toEqual({ lstatSync: entries + rootLooks });
  });
});

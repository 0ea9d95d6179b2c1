import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type BuildEvent, type BuildOptions, build } from "oci-build";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";

const folder = temporaryFolder();
const context = path.join(folder, "app");
const dest = path.join(folder, "app.tar");
const cacheDir = path.join(folder, "cache");
const file = path.join(context, "src/one.txt");

/** More than the racy rule asks for: what is younger is hashed again. */
const settle = (): Promise<void> => wait(2_100);

interface Work {
  readonly status: string | undefined;
  readonly filesHashed: number;
  readonly digestsFromIndex: number;
  readonly xattrsRead: number;
  readonly directoriesRead: number;
}

async function workOf(options: BuildOptions = {}): Promise<Work> {
  const events: BuildEvent[] = [];
  const { steps } = await build({
    context,
    dockerfile: { text: "FROM scratch\nCOPY src /\n" },
    cacheDir,
    output: { type: "oci", dest },
    onEvent: (event) => events.push(event),
    ...options,
  });
  const scanned = events.find((event) => event.type === "context.scanned");
  const [step] = steps;
  return {
    status: step?.status,
    filesHashed: step?.filesHashed ?? 0,
    digestsFromIndex: scanned?.digestsFromIndex ?? 0,
    xattrsRead: scanned?.xattrsRead ?? 0,
    directoriesRead: scanned?.directoriesRead ?? 0,
  };
}

beforeAll(async () => {
  writeFiles(context, { "src/one.txt": "first", "src/d/two.txt": "second", "src/d/three.txt": "third" });
  await settle();
  await workOf();
});

describe.sequential("a build after a build", () => {
  it("hashes no file, reads no attribute and lists no directory when nothing changed", async () => {
    const nothing = {
      status: "cached",
      filesHashed: 0,
      digestsFromIndex: 3,
      xattrsRead: 0,
      directoriesRead: 0,
    };
    expect(await workOf()).toEqual(nothing);
  });

  it("hits after a touch, for one hash", async () => {
    fs.utimesSync(file, 1, 1);
    expect(await workOf()).toMatchObject({ status: "cached", filesHashed: 1, digestsFromIndex: 2 });
  });

  it("sees an edit that keeps the size and puts the mtime back", async () => {
    const { atime, mtime } = fs.statSync(file);
    fs.writeFileSync(file, "FIRST");
    fs.utimesSync(file, atime, mtime);
    expect(await workOf()).toMatchObject({ status: "executed", digestsFromIndex: 2 });
    expect(await workOf({ trustStat: "never" })).toMatchObject({ status: "cached" });
  });

  it("hashes a file again that was young when it was hashed, until it is not", async () => {
    fs.writeFileSync(file, "young");
    expect((await workOf()).digestsFromIndex).toBe(2);
    expect((await workOf()).digestsFromIndex).toBe(2);
    await settle();
    expect((await workOf()).digestsFromIndex).toBe(2);
    expect((await workOf()).digestsFromIndex).toBe(3);
  });

  it("hashes all when everything is to be verified, and goes by that afterwards", async () => {
    expect(await workOf({ trustStat: "never" })).toMatchObject({ digestsFromIndex: 0, filesHashed: 3 });
    expect(await workOf()).toMatchObject({ digestsFromIndex: 3, filesHashed: 0 });
  });

  it("hashes all again, and is right, when the index is damaged", async () => {
    const indexes = path.join(cacheDir, "v1/indexes");
    for (const name of fs.readdirSync(indexes)) fs.appendFileSync(path.join(indexes, name), "x");
    const codes: string[] = [];
    const onEvent = (event: BuildEvent): void => {
      if (event.type === "warning") codes.push(event.code);
    };
    expect(await workOf({ onEvent })).toMatchObject({ status: "cached" });
    expect(codes).toEqual(["CACHE_ENTRY_CORRUPT"]);
    expect(await workOf()).toMatchObject({ digestsFromIndex: 3 });
  });
});

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Cache, openCache } from "@oci-build/cache";
import { assembleImage, type ImageContent, imageContent } from "@oci-build/oci";
import type { StatTrust } from "@oci-build/snapshot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rememberKnown } from "./known-output.js";
import { type WrittenOutput, writeOutput } from "./write-output.js";

let folder: string;
let file: string;
let cache: Cache;

beforeEach(async () => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-output-")));
  file = path.join(folder, "app.tar");
  cache = await openCache({ dir: path.join(folder, "cache") });
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** An image without layers: its bytes come from memory. */
function contentOf(tag: string): ImageContent {
  const config = { rootfs: { type: "layers", diff_ids: [] } } as const;
  const image = assembleImage({ config, layers: [], platform: { os: "linux", architecture: "amd64" } });
  return imageContent([{ ...image, names: [`docker.io/library/app:${tag}`] }], {
    read: () => expect.unreachable(),
  });
}

interface Way {
  readonly tag?: string;
  readonly trustStat?: StatTrust;
  readonly cacheUse?: "read-write" | "write-only";
}

function write({
  tag = "1",
  trustStat = "always",
  cacheUse = "read-write",
}: Way = {}): Promise<WrittenOutput> {
  const memory = { cache, trustStat, cacheUse };
  return writeOutput(contentOf(tag), { dest: file, form: "tar" }, { memory, signal: undefined });
}

const statOf = (): fs.BigIntStats => fs.statSync(file, { bigint: true });

/** Changes one byte, and puts size and mtime back. */
function changeByte(): void {
  const { atime, mtime } = fs.statSync(file);
  const bytes = fs.readFileSync(file);
  bytes[600] = (bytes[600] ?? 0) ^ 1;
  fs.writeFileSync(file, bytes);
  fs.utimesSync(file, atime, mtime);
}

function replaceByCopy(): void {
  const { atime, mtime } = fs.statSync(file);
  fs.copyFileSync(file, `${file}.copy`);
  fs.utimesSync(`${file}.copy`, atime, mtime);
  fs.renameSync(`${file}.copy`, file);
}

function linkInstead(): void {
  fs.rmSync(file);
  fs.symlinkSync("other.tar", file);
}

describe("writeOutput", () => {
  it("leaves a file alone that is what it would write, time and all", async () => {
    const first = await write();
    const stat = statOf();
    expect(first).toEqual({ path: file, size: Number(stat.size), outcome: "written" });
    expect(await write()).toEqual({ ...first, outcome: "unchanged" });
    expect(statOf()).toEqual(stat);
  });

  it.each<[string, () => void]>([
    ["one byte was changed, size and mtime put back", changeByte],
    ["it was replaced by a copy with the same mtime", replaceByCopy],
    ["it was touched", () => fs.utimesSync(file, 1, 1)],
    ["its mode was changed", () => fs.chmodSync(file, 0o600)],
    ["it is gone", () => fs.rmSync(file)],
    ["a link has taken its place", linkInstead],
  ])("writes again when %s", async (_, change) => {
    await write();
    const bytes = fs.readFileSync(file);
    change();
    expect((await write()).outcome).toBe("written");
    expect(fs.readFileSync(file).equals(bytes)).toBe(true);
    expect((await write()).outcome).toBe("unchanged");
  });

  it("writes again when the image has another name", async () => {
    await write();
    expect((await write({ tag: "2" })).outcome).toBe("written");
    expect((await write({ tag: "1" })).outcome).toBe("written");
  });

  it("writes again when nothing is to be looked up in the cache", async () => {
    await write();
    expect((await write({ cacheUse: "write-only" })).outcome).toBe("written");
    expect((await write()).outcome).toBe("unchanged");
  });

  it("reads the file where stats are not to be trusted", async () => {
    await write();
    fs.utimesSync(file, 1, 1);
    expect((await write({ trustStat: "never" })).outcome).toBe("unchanged");
    changeByte();
    expect((await write({ trustStat: "never" })).outcome).toBe("written");
    fs.appendFileSync(file, "more");
    expect((await write({ trustStat: "never" })).outcome).toBe("written");
    fs.truncateSync(file, 512);
    expect((await write({ trustStat: "never" })).outcome).toBe("written");
  });

  it("knows a file by its real name, whatever link leads to it", async () => {
    fs.mkdirSync(path.join(folder, "dist"));
    fs.symlinkSync("dist/app.tar", file);
    await write();
    const real = path.join(folder, "dist/app.tar");
    expect((await cache.writtenOutput(real))?.path).toBe(real);
    expect((await write()).outcome).toBe("unchanged");
  });

  it("always writes a folder again", async () => {
    const output = { dest: path.join(folder, "layout"), form: "folder" } as const;
    const context = {
      memory: { cache, trustStat: "always", cacheUse: "read-write" },
      signal: undefined,
    } as const;
    for (let time = 0; time < 2; time++) {
      expect((await writeOutput(contentOf("1"), output, context)).outcome).toBe("written");
    }
  });
});

describe("rememberKnown", () => {
  it("remembers no file whose time could be that of a later write", async () => {
    fs.writeFileSync(file, "just written");
    const memory = { cache, trustStat: "always", cacheUse: "read-write" } as const;
    const output = { file, content: contentOf("1"), memory, signal: undefined };
    await rememberKnown(output, { stats: statOf(), blobs: [] });
    expect(await cache.writtenOutput(file)).toBeUndefined();
    fs.utimesSync(file, 1, 1);
    await rememberKnown(output, { stats: statOf(), blobs: [] });
    expect(await cache.writtenOutput(file)).toBeDefined();
  });

  it("remembers no file that somebody else put there meanwhile", async () => {
    fs.writeFileSync(file, "ours");
    fs.utimesSync(file, 1, 1);
    const ours = statOf();
    replaceByCopy();
    const memory = { cache, trustStat: "always", cacheUse: "read-write" } as const;
    await rememberKnown(
      { file, content: contentOf("1"), memory, signal: undefined },
      { stats: ours, blobs: [] },
    );
    expect(await cache.writtenOutput(file)).toBeUndefined();
  });
});

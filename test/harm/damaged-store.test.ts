import { hash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { isOciBuildError, mediaTypes, parseDigest } from "@oci-build/oci";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openCache } from "../../packages/cache/src/index.js";
import { temporaryFolder, writeFiles } from "../support/build-folder.js";
import { type Damage, exchanges, filesOf, flips, ruins } from "./support/damages.js";
import { buildAt, type Told, type Workplace } from "./support/harm-build.js";
import { sample, sized, tellSize } from "./support/harm-size.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const KiB = 1024;

const base = temporaryFolder();
const context = path.join(base, "context");
/** What every test begins with: the store of a project that was built often. */
const template = path.join(base, "template");
const cacheDir = path.join(base, "cache");
const store = path.join(cacheDir, "v1");
/** A tarball that is there already, and one that is not. */
const kept = path.join(base, "kept.tar");
const written = path.join(base, "written.tar");

const options = { dockerfile: { text: "FROM scratch\nWORKDIR /w\nCOPY a /w/\nCOPY . /all/\n" } };
const edited = path.join(context, "a/edited.txt");

/** What an undamaged store gives. */
const right = { same: "", changed: "" };
let files: readonly string[] = [];

const realNow = Date.now.bind(Date);

/** A clock that is ahead, by which files that were just written are old enough for the index. */
function setClock(aheadMs: number): void {
  vi.spyOn(Date, "now").mockImplementation(() => realNow() + aheadMs);
}

function placeWith(dest: string): Workplace {
  return { context, cacheDir, dest };
}

function hashOf(file: string): string {
  return hash("sha256", fs.readFileSync(file), "hex");
}

beforeAll(async () => {
  writeFiles(context, {
    "a/edited.txt": "first",
    "a/large.bin": Buffer.alloc(300 * KiB, "some text, "),
    "b/other.txt": "and this",
  });
  await wait(12);
  setClock(-2 * HOUR_MS);
  // Not wanted by any last build any more, so that the pruning leaves tombstones.
  await buildAt(placeWith(kept), { dockerfile: { text: "FROM scratch\nCOPY b /gone/\n" } });
  const old = realNow() / 1000 - 4 * 3_600;
  for (const file of filesOf(store)) fs.utimesSync(path.join(store, file), old, old);
  setClock(10_000);
  const { digest } = await buildAt(placeWith(kept), options);
  const cache = await openCache({ dir: cacheDir });
  const image = { mediaType: mediaTypes.imageManifest, digest: parseDigest(digest), size: 1 };
  await cache.tagImage("app:1", image);
  await cache.prune({ scope: "all", unusedForMs: HOUR_MS });
  fs.writeFileSync(edited, "other");
  // With another cache: the store must have to make the layers of it, and to share segments for them.
  const alone = { context, cacheDir: path.join(base, "alone"), dest: written };
  right.changed = (await buildAt(alone, options)).digest + hashOf(written);
  fs.writeFileSync(edited, "first");
  await wait(12);
  await buildAt(placeWith(kept), options);
  right.same = digest + hashOf(kept);
  fs.cpSync(store, template, { recursive: true, preserveTimestamps: true });
  files = filesOf(template);
}, 5 * MINUTE_MS);

afterAll(() => {
  vi.restoreAllMocks();
});

function restore(): void {
  fs.rmSync(store, { recursive: true, force: true });
  fs.cpSync(template, store, { recursive: true, preserveTimestamps: true });
  fs.rmSync(written, { force: true });
}

/** The digest of the image and of the bytes that hold it, or the code of the error. */
async function outcomeOf(building: Promise<Told>, dest: string): Promise<string> {
  try {
    return (await building).digest + hashOf(dest);
  } catch (error) {
    if (!isOciBuildError(error)) throw error;
    return error.code;
  }
}

/** What builds of the same and of a changed context give after a damage. */
async function builtAfter({
  file,
  inflict,
}: Damage): Promise<{ same: string; again: string; changed: string }> {
  restore();
  inflict(path.join(store, file));
  const same = await outcomeOf(buildAt(placeWith(kept), options), kept);
  const again = await outcomeOf(buildAt(placeWith(written), options), written);
  restore();
  inflict(path.join(store, file));
  fs.writeFileSync(edited, "other");
  const changed = await outcomeOf(buildAt(placeWith(written), options), written);
  fs.writeFileSync(edited, "first");
  return { same, again, changed };
}

async function expectRight(damages: readonly Damage[]): Promise<void> {
  setClock(10_000);
  for (const damage of damages) {
    const expected = { same: right.same, again: right.same, changed: right.changed };
    expect(await builtAfter(damage), `${damage.file}: ${damage.what}`).toEqual(expected);
  }
}

/** One damage of each kind of file, at the least. */
function sampled(damages: readonly Damage[], quick: number): readonly Damage[] {
  return sample(damages.length, sized({ quick, full: 1 })).flatMap((index) => damages[index] ?? []);
}

const timeout = 30 * MINUTE_MS;

describe("a store of real builds", () => {
  it("has a file of every kind", () => {
    const kinds = new Set(files.map((file) => file.split("/")[0]));
    expect([...kinds].sort()).toEqual(
      [
        ...["CACHEDIR.TAG", "blobs", "index.json", "indexes", "locks", "oci-layout", "outputs", "projects"],
        ...["records", "segments", "tidied", "tombstones", "trees"],
      ].sort(),
    );
  });

  it("gives the right images with one bit flipped, anywhere", { timeout }, async () => {
    const damages = flips(template, files);
    tellSize(`${damages.length} flipped bits in ${files.length} files of a store`);
    await expectRight(damages);
  });

  it("gives the right images with a file that is ruined or gone", { timeout }, async () => {
    await expectRight(sampled(files.flatMap(ruins), 9));
  });

  it("gives the right images with a sound file in another one's place", { timeout }, async () => {
    await expectRight(sampled(exchanges(template, files), 9));
  });
});

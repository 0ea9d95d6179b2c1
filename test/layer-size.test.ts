import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "oci-build";
import { expect, it } from "vitest";
import { temporaryFolder } from "./support/build-folder.js";

const repository = path.join(import.meta.dirname, "..");
const LARGER_MAX = 1.03;
/** Below this the cut at the end of a segment weighs more than in any real layer. */
const TAR_MIN_BYTES = 8 * 1024 * 1024;

/** The bytes of the only layer of an image of this folder. */
async function layerBytes(context: string, type: "gzip" | "uncompressed"): Promise<Buffer> {
  const cacheDir = temporaryFolder();
  const dockerfile = { text: "FROM scratch\nCOPY . /\n" };
  await build({ context, dockerfile, cacheDir, compression: { type }, output: { type: "none" } });
  const blobs = path.join(cacheDir, "v1/blobs/sha256");
  const all = fs.readdirSync(blobs).map((name) => fs.readFileSync(path.join(blobs, name)));
  return all.reduce((largest, blob) => (blob.length > largest.length ? blob : largest));
}

it("makes layers of packages at most 3 % larger than gzip -6 does", { timeout: 120_000 }, async () => {
  const context = temporaryFolder();
  for (const name of ["fast-check", "knip", "memfs", "vitest", "@types/node"]) {
    const from = fs.realpathSync(path.join(repository, "node_modules", name));
    fs.cpSync(from, path.join(context, name), { recursive: true });
  }
  const tar = await layerBytes(context, "uncompressed");
  expect(tar.length).toBeGreaterThan(TAR_MIN_BYTES);
  const layer = await layerBytes(context, "gzip");
  expect(layer.length / gzipSync(tar, { level: 6 }).length).toBeLessThanOrEqual(LARGER_MAX);
});

import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { temporaryDirectory } from "../../../test/temporary-directory.js";
import { parseIgnoreFile } from "../../patterns/ignore-file.js";
import { compilePatterns } from "../../patterns/pattern-matcher.js";
import { MemoryIndexStore } from "../../testing/memory-index-store.js";
import { treeLines } from "../../testing/tree-lines.js";
import { scanDirectory } from "../scan-directory.js";
import type { ScanIndexOptions } from "./scan-index.js";

type Edit = (root: string) => void;

const name = fc.constantFrom("a", "b", "a-", "ü", ".x");
const place = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));
const text = fc.constantFrom("one", "two", "");

/** Edits that fail, for what they need is not there, are as good as none. */
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, text).map(
    ([at, data]): Edit =>
      (root) =>
        fs.writeFileSync(path.join(root, at), data),
  ),
  place.map(
    (at): Edit =>
      (root) =>
        fs.mkdirSync(path.join(root, at), { recursive: true }),
  ),
  place.map(
    (at): Edit =>
      (root) =>
        fs.rmSync(path.join(root, at), { recursive: true }),
  ),
  fc.tuple(place, place).map(
    ([from, to]): Edit =>
      (root) =>
        fs.renameSync(path.join(root, from), path.join(root, to)),
  ),
  fc.tuple(place, place).map(
    ([from, to]): Edit =>
      (root) =>
        fs.linkSync(path.join(root, from), path.join(root, to)),
  ),
  fc.tuple(place, name).map(
    ([at, to]): Edit =>
      (root) =>
        fs.symlinkSync(to, path.join(root, at)),
  ),
  place.map(
    (at): Edit =>
      (root) =>
        fs.chmodSync(path.join(root, at), 0o700),
  ),
  fc.tuple(place, text).map(
    ([at, data]): Edit =>
      (root) => {
        const { atime, mtime } = fs.statSync(path.join(root, at));
        fs.writeFileSync(path.join(root, at), data);
        fs.utimesSync(path.join(root, at), atime, mtime);
      },
  ),
);

const ignore = fc.constantFrom("", "a", "b/**\n!b/a", "**/.x");

it("gives what a scan without an index gives, whatever was done in between", async () => {
  const rounds = fc.array(fc.tuple(fc.array(edit, { maxLength: 12 }), ignore), {
    minLength: 2,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(rounds, async (steps) => {
      const root = await temporaryDirectory();
      // The racy rule is off, so that the index is used; more than a tick lies between a scan and the next edit.
      const index = { store: new MemoryIndexStore(), now: () => Date.now() + 60_000, isTrusted: () => true };
      for (const [edits, patterns] of steps) {
        await new Promise((resolve) => setTimeout(resolve, 15));
        for (const one of edits) attempt(() => one(root));
        expect(await linesOf(root, patterns, index)).toEqual(await linesOf(root, patterns, undefined));
      }
    }),
    { numRuns: 30 },
  );
});

function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Error) || !("syscall" in error)) throw error;
  }
}

async function linesOf(
  root: string,
  patterns: string,
  index: ScanIndexOptions | undefined,
): Promise<readonly string[]> {
  const matcher = compilePatterns(parseIgnoreFile(patterns).patterns);
  const scan = await scanDirectory({
    root,
    ignore: matcher,
    owners: { uid: 0, gid: 0 },
    xattrs: "read",
    index,
  });
  const digests: string[] = [];
  for (const entry of scan.snapshot.entries())
    if (entry.type === "file") digests.push(`${entry.path} ${await scan.snapshot.fileDigest(entry.path)}`);
  await scan.index?.save();
  return [...(await treeLines(scan.snapshot)), ...digests];
}

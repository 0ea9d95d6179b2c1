import { fileTreeOf, type Snapshot } from "@oci-build/snapshot";
import { describe, expect, it } from "vitest";
import type { Change } from "../copy/change.js";
import { changeTotals } from "./change-totals.js";
import type { SolveContext } from "./solve-context.js";
import { writesFirst } from "./writes-first.js";

const MiB = 1024 * 1024;

/** A tree of which a build has seen what is not said to be new, and whose files were changed that are named so. */
function seen(isNew = false): Snapshot {
  const isChanged = (path: string): boolean => path.startsWith("changed");
  return Object.assign(fileTreeOf([]), { isNew, isChanged });
}

function file(path: string, size: number, snapshot = seen()): Change {
  const entry = { type: "file", path, size, mode: 0o644, uid: 0, gid: 0, mtimeSec: 0 } as const;
  return { entry, mtime: "source", origin: { snapshot, path } };
}

function isWrittenFirst(parts: readonly Change[], more: object = {}): boolean {
  const context = { cacheUse: "read-write", imports: [], watcher: { lookedUp: undefined }, ...more };
  const changes = { parts };
  return writesFirst({ totals: changeTotals(changes), changes }, context as unknown as SolveContext);
}

const changed = (count: number, size: number): readonly Change[] =>
  Array.from({ length: count }, (_, index) => file(`changed${index}`, size));
const fresh = [file("a", 4 * MiB, seen(true))];

describe("writesFirst", () => {
  it.each([
    { name: "where no file was seen before", parts: fresh, first: true },
    {
      name: "not where another tree was seen",
      parts: [...fresh, file("b", 1, seen())],
      first: false,
    },
    { name: "not where there is little", parts: [file("a", 4 * MiB - 1, seen(true))], first: false },
    {
      name: "where a large file was changed",
      parts: [...changed(1, 3 * MiB), file("b", 2 * MiB)],
      first: true,
    },
    {
      name: "not where what was changed is no more than half",
      parts: [...changed(1, 3 * MiB), file("b", 3 * MiB)],
      first: false,
    },
    { name: "where four files were changed", parts: changed(4, MiB), first: true },
    { name: "not where it was five, as in a fresh checkout", parts: changed(5, MiB), first: false },
    { name: "not where nothing was changed", parts: [file("a", 4 * MiB)], first: false },
  ])("is so $name", ({ parts, first }) => {
    expect(isWrittenFirst(parts)).toBe(first);
  });

  it("is always so with --no-cache, never while misses are explained, and not where there are imports", () => {
    expect(isWrittenFirst(changed(5, MiB), { cacheUse: "write-only" })).toBe(true);
    expect(isWrittenFirst(fresh, { watcher: { lookedUp: () => undefined } })).toBe(false);
    expect(isWrittenFirst(fresh, { imports: [{}] })).toBe(false);
  });
});

import type { IdRange } from "./subordinate-ids.js";

/** One line of a mapping: ids from `inside` on stand for those from `outside` on. */
export interface IdMapLine {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/** Root stands for the caller, the ids from 1 on for the ranges one after the other. */
export function subordinateMap(own: number, ranges: readonly IdRange[]): readonly IdMapLine[] {
  let inside = 1;
  const lines: IdMapLine[] = [{ inside: 0, outside: own, count: 1 }];
  for (const { start, count } of ranges) {
    lines.push({ inside, outside: start, count });
    inside += count;
  }
  return lines;
}

/** Every id that a mapping gives stands for itself. */
export function identityMap(lines: readonly IdMapLine[]): readonly IdMapLine[] {
  return lines.map(({ inside, count }) => ({ inside, outside: inside, count }));
}

/** Reads a uid_map or gid_map of the kernel. */
export function parseIdMap(text: string): readonly IdMapLine[] {
  return text
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number))
    .flatMap(([inside, outside, count]) =>
      inside === undefined || outside === undefined || count === undefined
        ? []
        : [{ inside, outside, count }],
    );
}

/** How many users, or groups if these are fewer, a mapping gives. */
export function countIds({ users, groups }: IdMaps): number {
  const counts = [users, groups].map((lines) => lines.reduce((sum, { count }) => sum + count, 0));
  return Math.min(...counts);
}

/** Whether a mapping gives an id. */
export function hasId(lines: readonly IdMapLine[], id: number): boolean {
  return lines.some(({ inside, count }) => id >= inside && id < inside + count);
}

/** As the kernel takes it (user_namespaces(7)). */
export function formatIdMap(lines: readonly IdMapLine[]): string {
  return lines.map(({ inside, outside, count }) => `${inside} ${outside} ${count}\n`).join("");
}

/** As newuidmap and newgidmap take it. */
export function idMapArguments(lines: readonly IdMapLine[]): readonly string[] {
  return lines.flatMap(({ inside, outside, count }) => [String(inside), String(outside), String(count)]);
}

/** Both mappings of a user namespace. */
export interface IdMaps {
  readonly users: readonly IdMapLine[];
  readonly groups: readonly IdMapLine[];
}

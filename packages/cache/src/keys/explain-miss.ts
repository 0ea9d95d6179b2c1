import { hideSecrets } from "./hide-secrets.js";
import type { KeyField } from "./key-field.js";

/** How one part of a list differs: a pair by its name, a list's part by its place, counted from 0.
 * `before` or `after` is undefined where that side does not have it. */
export interface PartDifference {
  readonly part: string | number;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** How one field differs. `parts` is filled when both sides hold a list of the same kind, unless only the order of
 * pairs differs. JSON-safe. */
export interface KeyDifference {
  readonly name: string;
  readonly change: "added" | "removed" | "changed";
  readonly before: KeyField | undefined;
  readonly after: KeyField | undefined;
  readonly parts: readonly PartDifference[];
}

/** Why the key of `after` is not that of `before`: the fields that differ, in the order of `after`, then those that it
 * no longer has. Values that look like secrets are hidden in the answer, and may be hidden in either side.
 * Empty for equal lists, and for lists that differ in their order alone. */
export function explainMiss(
  before: readonly KeyField[],
  after: readonly KeyField[],
): readonly KeyDifference[] {
  const [hiddenBefore, hiddenAfter] = [hideSecrets(before), hideSecrets(after)];
  const [oldByName, newByName] = [byName(hiddenBefore), byName(hiddenAfter)];
  const changed = hiddenAfter.flatMap((field) => differenceOf(oldByName.get(field.name), field));
  const removed = hiddenBefore.filter((field) => !newByName.has(field.name));
  return [...changed, ...removed.flatMap((field) => differenceOf(field, undefined))];
}

function byName(fields: readonly KeyField[]): ReadonlyMap<string, KeyField> {
  return new Map(fields.map((field) => [field.name, field]));
}

function differenceOf(before: KeyField | undefined, after: KeyField | undefined): readonly KeyDifference[] {
  const name = after?.name ?? before?.name;
  if (name === undefined || sameValue(before, after)) return [];
  const change = before === undefined ? "added" : after === undefined ? "removed" : "changed";
  return [{ name, change, before, after, parts: partDifferences(before, after) }];
}

/** Values are plain JSON, and hold their parts in a fixed order. */
function sameValue(a: KeyField | undefined, b: KeyField | undefined): boolean {
  return a?.kind === b?.kind && JSON.stringify(a?.value) === JSON.stringify(b?.value);
}

function partDifferences(a: KeyField | undefined, b: KeyField | undefined): readonly PartDifference[] {
  if (a?.kind === "pair-list" && b?.kind === "pair-list")
    return mapDifferences(new Map(a.value), new Map(b.value));
  if (a?.kind === "string-list" && b?.kind === "string-list") return listDifferences(a.value, b.value);
  if (a?.kind === "digest-list" && b?.kind === "digest-list") return listDifferences(a.value, b.value);
  return [];
}

function listDifferences(a: readonly string[], b: readonly string[]): readonly PartDifference[] {
  return mapDifferences(new Map(a.entries()), new Map(b.entries()));
}

function mapDifferences<Part extends string | number>(
  a: ReadonlyMap<Part, string>,
  b: ReadonlyMap<Part, string>,
): readonly PartDifference[] {
  const parts = new Set([...b.keys(), ...a.keys()]);
  const all = [...parts].map((part) => ({ part, before: a.get(part), after: b.get(part) }));
  return all.filter(({ before, after }) => before !== after);
}

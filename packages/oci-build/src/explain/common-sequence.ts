/** Above this many comparisons, which few files reach, only what stands at equal distance from an end is compared. */
const COMPARISONS_MAX = 4_000_000;

type Place = readonly [before: number, after: number];

/** The longest sequence of equal texts that stands in two lists in this order: pairs of indexes. */
export function commonSequence(before: readonly string[], after: readonly string[]): readonly Place[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const middle = middleSequence(
    before.slice(start, before.length - end),
    after.slice(start, after.length - end),
  );
  return [
    ...Array.from({ length: start }, (_, index): Place => [index, index]),
    ...middle.map(([a, b]): Place => [a + start, b + start]),
    ...Array.from(
      { length: end },
      (_, index): Place => [before.length - end + index, after.length - end + index],
    ),
  ];
}

/** By the usual table: the cell of two places holds the length of the longest sequence from there on. */
function middleSequence(before: readonly string[], after: readonly string[]): readonly Place[] {
  const width = after.length + 1;
  if ((before.length + 1) * width > COMPARISONS_MAX) return [];
  const lengths = new Uint16Array((before.length + 1) * width);
  const at = (a: number, b: number): number => lengths[a * width + b] ?? 0;
  for (let a = before.length - 1; a >= 0; a -= 1) {
    for (let b = after.length - 1; b >= 0; b -= 1) {
      const same = before[a] === after[b];
      lengths[a * width + b] = same ? at(a + 1, b + 1) + 1 : Math.max(at(a + 1, b), at(a, b + 1));
    }
  }
  const found: Place[] = [];
  let [a, b] = [0, 0];
  while (a < before.length && b < after.length) {
    if (before[a] === after[b]) {
      found.push([a, b]);
      [a, b] = [a + 1, b + 1];
    } else if (at(a + 1, b) >= at(a, b + 1)) a += 1;
    else b += 1;
  }
  return found;
}

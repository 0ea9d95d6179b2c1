/** Numbers that depend on nothing but the seed (mulberry32).
 * @typedef {object} Random
 * @property {() => number} next From 0 to below 1.
 * @property {(low: number, high: number) => number} between A whole number, both ends included.
 * @property {<T>(items: readonly T[]) => T} pick
 * @property {<T>(items: readonly T[], count: number) => T[]} some Different ones, in their order.
 * @property {(probability: number) => boolean} chance */

/** @param {number} seed @returns {Random} */
export function seededRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const between = (/** @type {number} */ low, /** @type {number} */ high) =>
    low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    pick(items) {
      if (items.length === 0) throw new RangeError("nothing to pick from");
      return /** @type {typeof items[number]} */ (items[between(0, items.length - 1)]);
    },
    some(items, count) {
      const chosen = new Set(
        items
          .map((_, index) => ({ index, order: next() }))
          .sort((a, b) => a.order - b.order)
          .slice(0, count)
          .map(({ index }) => index),
      );
      return items.filter((_, index) => chosen.has(index));
    },
    chance: (probability) => next() < probability,
  };
}

/** Numbers that look random and are the same in each run. */
export interface RandomNumbers {
  /** A number from 0 up to, not including, `limit`: whole if the limit is. */
  below(limit: number): number;
}

/** Numbers of a seed: a xorshift of 32 bits, by which a failure can be had again. */
export function randomNumbers(seed: number): RandomNumbers {
  let state = seed >>> 0 || 1;
  return {
    below: (limit) => {
      state ^= state << 13;
      state ^= state >>> 17;
      state = (state ^ (state << 5)) >>> 0;
      const part = (state / 2 ** 32) * limit;
      return Number.isInteger(limit) ? Math.floor(part) : part;
    },
  };
}

/** The middle of some numbers; of the two middle ones their mean. NaN of none.
 * @param {readonly number[]} numbers */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  const lower = sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** @typedef {{ readonly median: number, readonly least: number, readonly most: number, readonly count: number }} Summary */

/** @param {readonly number[]} numbers @returns {Summary} */
export function summarize(numbers) {
  return {
    median: median(numbers),
    least: Math.min(...numbers),
    most: Math.max(...numbers),
    count: numbers.length,
  };
}

/** How many times as much one thing took as another, round by round: both met the same state of the machine. Rounds
 * that only one of them took part in are left out.
 * @param {readonly RoundValue[]} values @param {readonly RoundValue[]} baseline */
export function pairedRatios(values, baseline) {
  const byRound = new Map(baseline.map(({ round, value }) => [round, value]));
  return values.flatMap(({ round, value }) => {
    const base = byRound.get(round);
    return base === undefined || base === 0 ? [] : [value / base];
  });
}

/** @typedef {{ readonly round: number, readonly value: number }} RoundValue */

import { median } from "./median.mjs";

/** @typedef {import("./contenders.mjs").Contender} Contender */

/** @typedef {{ readonly name: string, readonly ms: number, readonly megabytesPerSecond: number, readonly filesPerSecond: number }} Throughput */

/** Lets each contender read all texts, one after the other in every round; medians of the rounds.
 * @param {readonly Contender[]} contenders
 * @param {readonly string[]} texts
 * @param {number} rounds
 * @returns {readonly Throughput[]} */
export function measureThroughput(contenders, texts, rounds) {
  const warmUpRounds = 2;
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const times = contenders.map(() => /** @type {number[]} */ ([]));
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      const ms = timeReading(contender, texts);
      if (round >= 0) times[index]?.push(ms);
    }
  }
  return contenders.map(({ name }, index) => {
    const ms = median(times[index] ?? []);
    return { name, ms, megabytesPerSecond: bytes / 1e3 / ms, filesPerSecond: (texts.length / ms) * 1e3 };
  });
}

/** Milliseconds to read all texts.
 * @param {Contender} contender
 * @param {readonly string[]} texts */
export function timeReading({ read }, texts) {
  const start = performance.now();
  let results = 0;
  for (const text of texts) if (read(text) !== undefined) results += 1;
  const ms = performance.now() - start;
  if (results !== texts.length) throw new Error("a contender gave nothing");
  return ms;
}

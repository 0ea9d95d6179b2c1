import { seededRandom } from "../../corpus/random.mjs";

/** A generated tree of files, the same on every machine.
 * @typedef {object} TreeRecipe
 * @property {number} files
 * @property {number} seed
 * @property {number} smallest In bytes.
 * @property {number} largest In bytes; sizes are spread evenly over their logarithm, as real ones about are. */

/** @typedef {{ readonly path: string, readonly bytes: Uint8Array }} PlannedFile */

const FILES_PER_FOLDER = 100;
const FOLDERS_PER_FOLDER = 100;
const POOL_BYTES = 256 * 1024;

/** The files one after the other, so that a million are no matter of memory.
 * @param {TreeRecipe} recipe @returns {Generator<PlannedFile>} */
export function* planTree({ files, seed, smallest, largest }) {
  const random = seededRandom(seed);
  const pool = wordPool(seed);
  for (let index = 0; index < files; index += 1) {
    const size = Math.round(smallest * (largest / smallest) ** random.next());
    yield { path: pathOf(index), bytes: contentOf(index, size, pool, random) };
  }
}

/** @param {number} index */
function pathOf(index) {
  const folder = Math.floor(index / FILES_PER_FOLDER);
  const area = Math.floor(folder / FOLDERS_PER_FOLDER);
  return `area-${area}/part-${folder % FOLDERS_PER_FOLDER}/file-${index % FILES_PER_FOLDER}.js`;
}

/** A line that no other file has, then words.
 * @param {number} index @param {number} size @param {Buffer} pool
 * @param {import("../../corpus/random.mjs").Random} random */
function contentOf(index, size, pool, random) {
  const head = Buffer.from(`// ${index}\n`);
  const rest = Math.max(0, size - head.length);
  const start = random.between(0, pool.length - 1);
  /** @type {Uint8Array[]} */
  const parts = [head];
  for (let left = rest, from = start; left > 0; from = 0) {
    const part = pool.subarray(from, from + left);
    parts.push(part);
    left -= part.length;
  }
  return Buffer.concat(parts);
}

const syllables = "ba con de ex fi gra in ject let map no par que re set tion un val wri xor".split(" ");

/** Text that compresses about as source code does. @param {number} seed */
function wordPool(seed) {
  const random = seededRandom(seed + 1);
  const words = Array.from({ length: 600 }, () =>
    Array.from({ length: random.between(1, 4) }, () => random.pick(syllables)).join(""),
  );
  let text = "";
  while (text.length < POOL_BYTES)
    text += `  ${random.pick(words)}.${random.pick(words)}(${random.pick(words)}, ${random.between(0, 99)});\n`;
  return Buffer.from(text.slice(0, POOL_BYTES));
}

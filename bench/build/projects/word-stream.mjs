/** Bytes of one big file, the same for the same seed on every machine: words of eight bytes out of 4,096, and one
 * random word in eight, so that gzip -6 leaves about half, and no two parts are alike, so that nothing but the
 * tool's own work can be saved.
 * @param {number} seed */
export function wordStream(seed) {
  let state = (seed >>> 0) | 1;
  // xorshift32: a gigabyte of it takes seconds, where a better generator would take a minute.
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const dictionary = Uint32Array.from({ length: 2 * WORDS }, () => letters(next()));
  return {
    /** @param {Uint8Array} chunk Its length is a multiple of 8. */
    fill(chunk) {
      const words = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      for (let at = 0; at < chunk.byteLength; at += 8) {
        const number = next();
        const isRandom = number >>> 29 === 0;
        const word = (number & (WORDS - 1)) * 2;
        words.setUint32(at, isRandom ? number : /** @type {number} */ (dictionary[word]));
        words.setUint32(at + 4, isRandom ? next() : /** @type {number} */ (dictionary[word + 1]));
      }
    },
  };
}

const WORDS = 4096;

/** Four letters of a to p out of the number's lowest bits. @param {number} number */
function letters(number) {
  return (number & 0x0f0f0f0f) + 0x61616161;
}

/** A line of what a benchmark says at its end. @param {string} word @param {string} text */
export function verdictLine(word, text) {
  return `${word.padEnd(10)}  ${text}`;
}

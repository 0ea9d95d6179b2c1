/** Most answers that are kept, so that a text of many different words does not fill the memory. */
const answersMax = 1_000;

/** Gives the same answer, not an equal one, for a text that was asked before. A file of many short lines says the same
 * few things over and over; with a copy of each for every line, most of the time goes into keeping them. */
export function remember<T extends object>(answer: (text: string) => T): (text: string) => T {
  const answers = new Map<string, T>();
  return (text) => {
    let found = answers.get(text);
    if (found === undefined) {
      found = answer(text);
      if (answers.size < answersMax) answers.set(text, found);
    }
    return found;
  };
}

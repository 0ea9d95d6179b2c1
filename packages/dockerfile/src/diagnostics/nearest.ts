/** Most edits between a word and a suggestion, as in BuildKit. */
const maxDistance = 2;

/** The candidate that is the fewest edits from a word, letter case aside: at most two, and for a word of two or three
 * letters one. Of equally near ones the first. undefined when none is near, or one is equal. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.min(maxDistance, Math.floor(wanted.length / 2)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return bestDistance === 0 ? undefined : best;
}

/** Levenshtein's distance, or `limit` for one that is not less. */
function editDistance(a: string, b: string, limit: number): number {
  const row: number[] = [];
  for (let j = 0; j <= b.length; j += 1) row.push(j);
  for (let i = 1; i <= a.length; i += 1) {
    let diagonal = i - 1;
    let least = i;
    row[0] = i;
    for (let j = 1; j <= b.length; j += 1) {
      const above = row[j] ?? 0;
      const substituted = diagonal + (a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1);
      const distance = Math.min(above + 1, (row[j - 1] ?? 0) + 1, substituted);
      row[j] = distance;
      diagonal = above;
      if (distance < least) least = distance;
    }
    if (least >= limit) return limit;
  }
  return row[b.length] ?? 0;
}

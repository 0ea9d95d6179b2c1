/** The smallest text found that is still of interest: lines are left out first, then characters. At most `probes`
 * texts are tried. */
export async function minimise(
  text: string,
  isInteresting: (text: string) => Promise<boolean>,
  probes: number,
): Promise<string> {
  const search = { left: probes, isInteresting };
  const byLines = await leaveOut(text.split(/(?<=\n)/), search);
  return (await leaveOut([...byLines.join("")], search)).join("");
}

interface Search {
  left: number;
  readonly isInteresting: (text: string) => Promise<boolean>;
}

/** Leaves out runs of parts, long ones first. */
async function leaveOut(parts: readonly string[], search: Search): Promise<readonly string[]> {
  let kept = parts;
  for (let size = Math.ceil(parts.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = kept.length - size; at >= 0; at -= 1) {
      if (search.left <= 0) return kept;
      search.left -= 1;
      const shorter = kept.toSpliced(at, size);
      if (!(await search.isInteresting(shorter.join("")))) continue;
      kept = shorter;
      at = Math.min(at, kept.length - size + 1);
    }
  }
  return kept;
}

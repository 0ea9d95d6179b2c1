const SLASH = 0x2f;

/** Orders the paths of one tree: negative when `a` comes first, 0 when they are equal.
 * A parent comes before what it holds, all descendants of a directory stand together, and siblings follow UTF-16
 * code units: `/` counts as lower than every other unit, so `a`, `a/b` and only then `a-b`. */
export function compareTreePaths(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit === SLASH ? -1 : unit;
}

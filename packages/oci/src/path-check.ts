const SLASH = 0x2f;
const DOT = 0x2e;

/** Whether a path may stand in a tree: relative, no empty, `.` or `..` part and no NUL. The root, `""`, may. */
export function isTreePath(path: string): boolean {
  if (path === "") return true;
  let start = 0;
  for (let index = 0; index <= path.length; index += 1) {
    const unit = index < path.length ? path.charCodeAt(index) : SLASH;
    if (unit === 0) return false;
    if (unit !== SLASH) continue;
    if (isDots(path, start, index)) return false;
    start = index + 1;
  }
  return true;
}

/** Whether a part is empty, `.` or `..`. */
function isDots(path: string, start: number, end: number): boolean {
  if (end - start > 2) return false;
  for (let index = start; index < end; index += 1) if (path.charCodeAt(index) !== DOT) return false;
  return true;
}

/** Whether a path may stand in a tree: relative, no empty, `.` or `..` part and no NUL. The root, `""`, may. */
export function isTreePath(path: string): boolean {
  return path === "" || !/(?:^|\/)\.{0,2}(?:\/|$)|\0/.test(path);
}

import { posix } from "node:path";

/** The shortest path that means the same by its text alone: Go's `path.Clean`. `""` gives `"."`.
 * @see https://pkg.go.dev/path@go1.23.0#Clean */
export function cleanPath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}

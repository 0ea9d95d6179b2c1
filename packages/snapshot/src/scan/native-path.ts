import { encodePath, isUtf8Path } from "@oci-build/oci";

/** The path of a tree's entry as the file system wants it: bytes where the name is not UTF-8. */
export function nativePath(root: string, path: string): string | Buffer {
  const joined = path === "" ? root : root.endsWith("/") ? root + path : `${root}/${path}`;
  return isUtf8Path(path) ? joined : encodePath(joined);
}

import { ociError } from "../errors.js";
import { isTreePath } from "../path-check.js";

/** The tree path that a member's name stands for, as Docker takes it: relative to the root whatever it begins with,
 * without empty and `.` parts, `..` resolved by the text alone. The root is `""`.
 * @throws OciBuildError TAR_PATH_UNSAFE when `..` leads out of the root, or the name holds NUL */
export function cleanArchivePath(name: string): string {
  const plain = name.slice(name.startsWith("./") ? 2 : 0, name.endsWith("/") ? -1 : undefined);
  if (isTreePath(plain)) return plain;
  const parts: string[] = [];
  for (const part of name.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) throw unsafe(name);
  }
  if (name.includes("\0")) throw unsafe(name);
  return parts.join("/");
}

function unsafe(name: string): Error {
  return ociError("TAR_PATH_UNSAFE", {
    message: `archive member ${JSON.stringify(name)} leads out of the archive`,
    data: { path: name },
  });
}

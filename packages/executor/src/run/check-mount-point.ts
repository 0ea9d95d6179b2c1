import { dirname } from "node:path/posix";
import type { MountView } from "./mount-view.js";
import { mountInvalid, wrongMountType } from "./stub-layer.js";

/** Looks whether something can be mounted at a path that lies in another mount, over whose files no stub is laid; `missing`
 * is what has to be made there.
 * @throws OciBuildError EXECUTOR_MOUNT_INVALID */
export function checkMountPoint(
  view: MountView,
  path: string,
  type: "directory" | "file",
): "there" | "missing" {
  const found = view.get(path);
  if (found !== undefined) {
    if ((found.type === "directory") !== (type === "directory")) throw wrongMountType(path, type, found.type);
    return "there";
  }
  let parent = path;
  while (view.get(parent) === undefined && parent !== ".") parent = dirname(parent);
  if (view.get(parent)?.type === "file") throw mountInvalid(`/${path}`, `/${parent} is a file`);
  const mount = view.mountAt(parent);
  if (mount?.access !== "read-only") return "missing";
  if (isSystem(mount.target)) throw mountInvalid(`/${path}`, `nothing is mounted below /${mount.target}`);
  throw mountInvalid(
    `/${path}`,
    `what is mounted at /${mount.target} has no such ${type}, and is read-only`,
    `Mount that with rw, or put a ${type} of that name into its source.`,
  );
}

/** The kernel's own, where rw is no help. */
function isSystem(target: string): boolean {
  return target === "proc" || target === "sys";
}

import type { Entry } from "@oci-build/oci";
import type { DiskFacts, LookOnDisk } from "./look-on-disk.js";
import { entryOf, type Lookup } from "./mount-view.js";

/** A tree with the changes of a command over it, as they lie in the command's upper directory. */
export function upperView(upper: string, tree: Lookup, look: LookOnDisk): Lookup {
  return {
    get: (path): Entry | undefined => {
      const names = path === "" ? [] : path.split("/");
      for (let count = 0; count <= names.length; count += 1) {
        const facts = look([upper, ...names.slice(0, count)].join("/"));
        if (facts === undefined) return tree.get(path);
        if (isWhiteout(facts)) return undefined;
        if (count === names.length) return entryOf(path, facts);
      }
      return undefined;
    },
  };
}

function isWhiteout({ mode, device }: DiskFacts): boolean {
  return (mode & 0o170000) === 0o020000 && device === 0;
}

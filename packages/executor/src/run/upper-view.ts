import type { Entry } from "@oci-build/oci";
import type { DiskFacts, LookOnDisk } from "./look-on-disk.js";
import { entryOf, type Lookup } from "./mount-view.js";
import type { IsOpaque } from "./opaque-directory.js";

/** How an upper directory is looked at. */
export interface UpperDisk {
  readonly look: LookOnDisk;
  readonly isOpaque: IsOpaque;
}

/** A tree with the changes of a command over it, as they lie in the command's upper directory, which nobody changes
 * meanwhile. */
export function upperView(upper: string, tree: Lookup, { look, isOpaque }: UpperDisk): Lookup {
  const known = new Map<string, boolean>();
  const hides = (directory: string): boolean => {
    const answer = known.get(directory) ?? isOpaque(directory);
    known.set(directory, answer);
    return answer;
  };
  return {
    get: (path): Entry | undefined => {
      const names = path === "" ? [] : path.split("/");
      const above: string[] = [];
      for (let count = 0; count <= names.length; count += 1) {
        const at = [upper, ...names.slice(0, count)].join("/");
        const facts = look(at);
        if (facts === undefined) {
          const below = tree.get(path);
          // Asked last: it costs a program, and most of what is looked up is not below.
          return below === undefined || above.some(hides) ? undefined : below;
        }
        if (count === names.length) return isWhiteout(facts) ? undefined : entryOf(path, facts);
        if (!isDirectory(facts)) return undefined;
        if (count > 0) above.push(at);
      }
      return undefined;
    },
  };
}

function isWhiteout({ mode, device }: DiskFacts): boolean {
  return (mode & 0o170000) === 0o020000 && device === 0;
}

function isDirectory({ mode }: DiskFacts): boolean {
  return (mode & 0o170000) === 0o040000;
}

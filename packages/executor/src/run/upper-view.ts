import { lstatSync } from "node:fs";
import type { Entry } from "@oci-build/oci";
import { systemCode } from "../process/system-code.js";
import { entryOnDisk, type Lookup } from "./mount-view.js";

/** A tree with the changes of a command over it, as they lie in the command's upper directory. What this process may not
 * look into is as it was. */
export function upperView(upper: string, tree: Lookup): Lookup {
  return {
    get: (path): Entry | undefined => {
      const names = path.split("/");
      for (let count = 1; count <= names.length; count += 1) {
        const part = names.slice(0, count).join("/");
        const state = stateOf(`${upper}/${part}`);
        if (state === "absent") return tree.get(path);
        if (state === "whiteout") return undefined;
      }
      return entryOnDisk(upper, path);
    },
  };
}

function stateOf(path: string): "there" | "absent" | "whiteout" {
  try {
    const stats = lstatSync(path);
    return stats.isCharacterDevice() && stats.rdev === 0 ? "whiteout" : "there";
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return "absent";
  }
}

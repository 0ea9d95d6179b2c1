import { sumBytes } from "../store/store-files.js";
import type { Inventory } from "./inventory.js";

/** What everything in a store takes of the disk. */
export function storeBytes(inventory: Inventory): number {
  const { parts, records, projectFiles, indexes, temporary, other, mounts, unpacked } = inventory;
  const entryFiles = [...records, ...mounts, ...unpacked].map(({ file }) => file);
  const groups = [parts.values(), entryFiles, projectFiles.values(), indexes, temporary, other];
  return groups.reduce((bytes, files) => bytes + sumBytes(files), 0);
}

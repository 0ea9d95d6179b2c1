import fs from "node:fs";
import { unreadable } from "./read-small-file.js";

/** What a path leads to; undefined where that is nothing.
 * @throws OciBuildError BUILD_FILE_UNREADABLE where this user may not look */
export function statIfThere(path: string): fs.Stats | undefined {
  try {
    return fs.statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw unreadable(error, path);
  }
}

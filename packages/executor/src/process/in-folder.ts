import { resolve } from "node:path";

/** Tells GNU tar where to work. It goes there itself, as root of its id space: a folder may be one that only a user of that
 * space may enter, so this process could start nothing in it. */
export function inFolder(folder: string): string {
  return `--directory=${resolve(folder)}`;
}

import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";

/** `at name (file:///…/run-build.js:12:345)`, as V8 writes the frames of a stack. */
const FRAME = /(file:\/\/\S+?\.js):(\d+):(\d+)/g;

/** A stack with the places in our sources for those in the bundled command, as far as their maps can be read. The
 * bundle names sources by package: `@oci-build/oci/src/digest.ts`. Maps are read now, since loading them with the
 * command would cost every build what only a bug needs. */
export function mapStack(stack: string): string {
  const maps = new Map<string, SourceMap | undefined>();
  return stack.replace(FRAME, (place: string, file: string, line: string, column: string) => {
    const map = maps.has(file) ? maps.get(file) : readMap(file);
    maps.set(file, map);
    const entry = map?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !("originalSource" in entry) || entry.originalSource.startsWith("."))
      return place;
    return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(file)}.map`, "utf8")));
  } catch {
    // Without a map, or with one that cannot be read, the stack is told as it is.
    return undefined;
  }
}

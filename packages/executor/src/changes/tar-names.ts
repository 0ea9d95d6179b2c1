import { compareTreePaths, decodePath, TAR_MEMBERS_MAX } from "@oci-build/oci";
import { startProgram } from "../process/host-program.js";
import { inFolder } from "../process/in-folder.js";
import { changesTooMany, changesUnreadable } from "./changes-errors.js";
import type { UpperFolder } from "./upper-folder.js";
import type { NameKinds } from "./upper-names.js";

const NEWLINE = 0x0a;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;

/** What stands behind a backslash for one byte; all other bytes that are not printable ASCII are three octal digits. */
const letters: ReadonlyMap<number, number> = new Map(
  [..."a\x07b\bf\fn\nr\rt\tv\v\\\\".matchAll(/(.)(.)/gs)].map(([, letter = "", byte = ""]) => [
    letter.charCodeAt(0),
    byte.charCodeAt(0),
  ]),
);

/** The names in a folder as tar lists them inside the id space.
 * @throws OciBuildError CHANGES_UNREADABLE, CHANGES_TOO_MANY; the signal's reason when aborted */
export async function tarNames({ folder, space, tar, signal }: UpperFolder): Promise<NameKinds> {
  const list = ["--create", "--file=/dev/null", "--verbose", "--quoting-style=escape"];
  const program = startProgram([tar, inFolder(folder), ...list, "--warning=no-file-ignored", "--", "."], {
    space,
    stdout: "read",
    signal,
  });
  program.stdin.end();
  const found: string[] = [];
  const directories = new Set<string>();
  try {
    for await (const lines of wholeLines(program.stdout)) {
      for (const path of pathsOf(lines, directories)) found.push(path);
      if (found.length > TAR_MEMBERS_MAX) throw changesTooMany(TAR_MEMBERS_MAX);
    }
  } catch (error) {
    program.kill();
    throw error;
  }
  const end = await program.ended;
  signal?.throwIfAborted();
  if (end.status !== 0) throw changesUnreadable(end);
  found.sort(compareTreePaths);
  return new Map(found.map((path) => [path, directories.has(path) ? "directory" : "other"]));
}

/** The same bytes, each piece of whole lines. */
async function* wholeLines(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    yield bytes.subarray(0, end);
    rest = bytes.subarray(end);
  }
}

/** The paths in lines. Each name begins with "./", which alone is the folder, and those of directories end with a slash. */
function* pathsOf(lines: Buffer, directories: Set<string>): Generator<string> {
  let start = 0;
  for (let end = lines.indexOf(NEWLINE); end >= 0; end = lines.indexOf(NEWLINE, start)) {
    const isDirectory = lines[end - 1] === SLASH;
    const escaped = lines.toString("latin1", start + 2, isDirectory ? end - 1 : end);
    start = end + 1;
    if (escaped === "") continue;
    const path = escaped.includes("\\") ? decodePath(unescaped(Buffer.from(escaped, "latin1"))) : escaped;
    if (isDirectory) directories.add(path);
    yield path;
  }
}

function unescaped(name: Buffer): Buffer {
  const bytes = Buffer.alloc(name.length);
  let length = 0;
  for (let at = 0; at < name.length; length += 1) {
    const letter = name[at] === BACKSLASH ? letters.get(name[at + 1] ?? 0) : undefined;
    if (name[at] !== BACKSLASH) bytes[length] = name[at++] ?? 0;
    else if (letter !== undefined) [bytes[length], at] = [letter, at + 2];
    else [bytes[length], at] = [Number.parseInt(name.toString("latin1", at + 1, at + 4), 8), at + 4];
  }
  return bytes.subarray(0, length);
}

import { type Dirent, readdirSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { decodePath, TAR_MEMBERS_MAX } from "@oci-build/oci";
import { changesTooMany } from "./changes-errors.js";
import type { UpperFolder } from "./upper-folder.js";
import type { NameKinds } from "./upper-names.js";

/** How long names are listed before others have their turn. */
const TURN_MS = 10;

/** Names are read byte by byte, and most are ASCII. */
const beyondAscii = /[\x80-\xff]/;

/** A directory to be listed, by its path as text and as bytes. */
interface Listed {
  readonly path: string;
  readonly bytePath: string;
}

interface Name extends Listed {
  readonly kind: "directory" | "other";
}

/** The names in a folder as this process lists them.
 * @throws OciBuildError CHANGES_TOO_MANY; the system's error where it may not look; the signal's reason when aborted */
export async function listNames({
  folder,
  signal,
}: Pick<UpperFolder, "folder" | "signal">): Promise<NameKinds> {
  const root = Buffer.from(folder).toString("latin1");
  const kinds = new Map<string, "directory" | "other">();
  /** What is to come, the next one last. */
  const left = namesIn({ path: "", bytePath: "" }, root);
  let turnEndsMs = performance.now() + TURN_MS;
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    kinds.set(next.path, next.kind);
    if (next.kind === "other") continue;
    for (const name of namesIn(next, root)) left.push(name);
    if (kinds.size + left.length > TAR_MEMBERS_MAX) throw changesTooMany(TAR_MEMBERS_MAX);
    if (performance.now() < turnEndsMs) continue;
    await setImmediate();
    signal?.throwIfAborted();
    turnEndsMs = performance.now() + TURN_MS;
  }
  return kinds;
}

/** The names in a directory, the last one first. Its name goes by way of itself: so it is an error, as it is for its
 * files, when it may be listed but not entered. */
function namesIn(directory: Listed, root: string): Name[] {
  const place = Buffer.from(`${root}/${directory.bytePath}/.`, "latin1");
  const names: Name[] = [];
  for (const found of readdirSync(place, { encoding: "latin1", withFileTypes: true })) {
    if (!found.isSocket()) names.push(nameOf(found, directory));
  }
  return names.sort((a, b) => (a.path < b.path ? 1 : -1));
}

function nameOf(found: Dirent, directory: Listed): Name {
  const { name } = found;
  const start = directory.path === "" ? "" : "/";
  const kind = found.isDirectory() ? "directory" : "other";
  const bytePath = `${directory.bytePath}${start}${name}`;
  if (!beyondAscii.test(name) && directory.path === directory.bytePath)
    return { path: bytePath, bytePath, kind };
  return { path: `${directory.path}${start}${decodePath(Buffer.from(name, "latin1"))}`, bytePath, kind };
}

import { encodePath, type LayerEntry, readTarBatches, TAR_MEMBERS_MAX } from "@oci-build/oci";
import type { Snapshot } from "@oci-build/snapshot";
import { type HostProgram, startProgram, writePieces } from "../process/host-program.js";
import { inFolder } from "../process/in-folder.js";
import { type OverlayXattrs, opaqueXattr } from "../unpack/overlay-xattrs.js";
import { changesUnreadable } from "./changes-errors.js";
import { createArguments } from "./create-arguments.js";
import { exactMtime } from "./exact-mtime.js";
import { explicitDeletions } from "./explicit-deletions.js";
import { UpperEntries, type UpperEntry } from "./upper-entry.js";
import type { UpperFolder } from "./upper-folder.js";
import { type NameKinds, readUpperNames, type UpperNames } from "./upper-names.js";

export interface ReadChangesOptions extends UpperFolder {
  /** What the command saw before it began, without what the executor added. */
  readonly below: Snapshot;
  /** Where overlayfs kept its marks. */
  readonly overlayXattrs: OverlayXattrs;
}

/** How much of the names is written to tar at a time. */
const NAMES_AT_ONCE_LENGTH = 64 * 1024;

/** What a command changed, read from overlayfs's upper directory, as the entries of a layer in the order of
 * `compareTreePaths`, in batches. The root directory is no entry. Sockets are left out, as containerd leaves them out,
 * and so are labels of the host's security modules. Deletions are explicit, so the layer does not depend on overlayfs.
 *
 * One pass: a file can be opened, and read once, until the next entry is asked for. Reading costs what was changed; for
 * an empty directory no program is started.
 * @throws OciBuildError CHANGES_UNREADABLE, CHANGES_TOO_MANY; the signal's reason when aborted */
export async function* readChanges(
  options: ReadChangesOptions,
): AsyncGenerator<Iterable<LayerEntry>, void, undefined> {
  options.signal?.throwIfAborted();
  const names = await readUpperNames(options);
  if (names.kinds.size === 0) return;
  yield* explicitDeletions(upperEntries(options, names), names.kinds, options.below);
}

async function* upperEntries(
  options: ReadChangesOptions,
  { kinds, reach }: UpperNames,
): AsyncGenerator<Iterable<UpperEntry>, void, undefined> {
  const { space, folder, tar, signal } = options;
  const times = reach === "own" ? "plain" : "exact";
  const program = startProgram([tar, inFolder(folder), ...createArguments(times), ...namedArguments], {
    space,
    stdout: "read",
    signal,
  });
  const named = writeNames(program, kinds);
  const entries = new UpperEntries({
    opaqueXattr: opaqueXattr(options.overlayXattrs),
    zeroMtime: (path) => (times === "plain" ? exactMtime(folder, path) : 0),
  });
  let state: "reading" | "read" = "reading";
  try {
    const batches = readTarBatches(wholeTar(program, signal), { maxMembers: TAR_MEMBERS_MAX });
    for await (const members of batches) yield entries.read(members);
    await named;
    state = "read";
  } finally {
    if (state === "reading") {
      program.kill();
      await program.ended;
    }
  }
}

/** Names come from stdin: tar knows no order that is a layer's. */
const namedArguments = ["--no-recursion", "--null", "--files-from=-"] as const;

async function writeNames({ stdin }: HostProgram, kinds: NameKinds): Promise<void> {
  let text = "";
  for (const path of kinds.keys()) {
    text += `./${path}\0`;
    if (text.length < NAMES_AT_ONCE_LENGTH) continue;
    if (!(await writePieces(stdin, [encodePath(text)]))) return;
    text = "";
  }
  stdin.end(encodePath(text));
}

/** What tar writes. It ends only where tar ended well: whoever reads on in a file that tar did not write to its end
 * gets to know what tar said, not that the tar is cut off. */
async function* wholeTar(
  { stdout, ended }: HostProgram,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* stdout as AsyncIterable<Uint8Array>;
  const end = await ended;
  signal?.throwIfAborted();
  if (end.status !== 0) throw changesUnreadable(end);
}

import { cleanArchivePath, type LayerEntry, readTar, type TarEntry, type TarMember } from "@oci-build/oci";
import type { TarArchive } from "./scan-tar-archive.js";
import { TarFileReader } from "./scan-tar-file.js";

export interface TarEntriesOptions {
  readonly owners?: "keep" | { readonly uid: number; readonly gid: number } | undefined;
  readonly maxBytes?: number | undefined;
  readonly maxMembers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A link, FIFO or device; unlike files these can have further names only as entries of their own. */
type SpecialEntry = Exclude<TarEntry, { type: "file" | "directory" | "hardlink" }>;

/** The members of an archive, in its order, as what makes a tree; files open themselves through `archive`.
 * @throws OciBuildError as `readTar`, and TAR_PATH_UNSAFE; the signal's reason when aborted */
export async function readTarEntries(
  tar: AsyncIterable<Uint8Array>,
  archive: TarArchive,
  options: TarEntriesOptions,
): Promise<readonly LayerEntry[]> {
  const entries: LayerEntry[] = [];
  const special = new Map<string, SpecialEntry>();
  for await (const member of readTar(untilAborted(tar, options.signal), options)) {
    const entry = { ...treeEntry(member, archive, special), ...owner(options) };
    if (isSpecial(entry)) special.set(entry.path, entry);
    else special.delete(entry.path);
    entries.push(entry);
  }
  return entries;
}

/** Looks at the signal before each chunk. */
async function* untilAborted(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of source) {
    signal?.throwIfAborted();
    yield chunk;
  }
}

function treeEntry(
  { entry, dataOffset }: TarMember,
  archive: TarArchive,
  special: ReadonlyMap<string, SpecialEntry>,
): LayerEntry {
  const path = cleanArchivePath(entry.path);
  switch (entry.type) {
    case "file": {
      const { size } = entry;
      return { ...entry, path, open: () => new TarFileReader({ archive, path, offset: dataOffset, size }) };
    }
    case "hardlink": {
      const target = cleanArchivePath(entry.target);
      const linked = special.get(target);
      return linked === undefined ? { ...entry, path, target } : { ...linked, path };
    }
    case "symlink":
      return { ...entry, path, mode: LINK_MODE };
    default:
      return { ...entry, path };
  }
}

/** Archives have what their writers' systems say of links; none of those that unpack them keeps it. */
const LINK_MODE = 0o777;

function isSpecial(entry: LayerEntry): entry is SpecialEntry {
  return entry.type === "symlink" || entry.type === "fifo" || entry.type.endsWith("device");
}

function owner({ owners }: TarEntriesOptions): { readonly uid: number; readonly gid: number } | undefined {
  return owners === "keep" ? undefined : owners;
}

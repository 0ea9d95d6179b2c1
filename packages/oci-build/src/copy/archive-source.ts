import { isOciBuildError, OciBuildError } from "@oci-build/oci";
import { resolvePath } from "@oci-build/snapshot";
import { buildError } from "../errors.js";
import { type ArchiveMember, readArchive } from "./archive-members.js";
import type { ChangeTree } from "./change-tree.js";
import { type CopyRequest, madeOwner } from "./copy-request.js";
import { detectTar } from "./detect-tar.js";
import { readerChunks } from "./reader-chunks.js";
import { baseName, joinPath, parentPath } from "./tree-paths.js";

/** Compressions that Docker unpacks and we do not yet; what is compressed otherwise is copied as it is. */
const DOCKER_COMPRESSIONS: ReadonlySet<unknown> = new Set(["bzip2", "xz", "zstd"]);

interface Placing {
  readonly request: CopyRequest;
  readonly tree: ChangeTree;
}

/** Unpacks a source of ADD into the destination if it is a tar archive, plain or gzip; else does nothing and gives
 * false. Owners are the archive's unless `--chown` says otherwise; `--chmod` has no say, as in BuildKit. What is in the
 * way is replaced; links on the way, and a link where the archive has a directory, are followed inside the destination.
 * @throws OciBuildError ADD_ARCHIVE_INVALID, ADD_SOURCE_UNSUPPORTED, COPY_RESERVED_NAME, COPY_DESTINATION_CONFLICT */
export async function unpackArchive(request: CopyRequest, path: string, tree: ChangeTree): Promise<boolean> {
  const { snapshot } = request.source;
  const source = resolvePath(snapshot, path, "follow-last");
  if (source.entry?.type !== "file" || !(await isArchive(request, source.path))) return false;
  const placing = { request, tree };
  const open = (): AsyncIterable<Uint8Array> => readerChunks(() => snapshot.openFile(source.path));
  const root = tree.resolve(request.step.destination.replace(/^\/+|\/+$/g, ""));
  tree.makeDirectories(root, madeOwner(request));
  try {
    for (const member of await readArchive({ name: source.path, open }, request))
      placeMember(member, root, placing);
  } catch (error) {
    throw archiveError(error, path);
  }
  return true;
}

async function isArchive(request: CopyRequest, path: string): Promise<boolean> {
  try {
    return await detectTar(readerChunks(() => request.source.snapshot.openFile(path)));
  } catch (error) {
    if (isOciBuildError(error, "TAR_COMPRESSION_CORRUPT")) return false;
    if (!isOciBuildError(error, "TAR_COMPRESSION_UNSUPPORTED")) throw error;
    const { found } = error.data;
    if (!DOCKER_COMPRESSIONS.has(found)) return false;
    throw buildError("ADD_SOURCE_UNSUPPORTED", {
      message: `ADD cannot unpack ${String(found)} yet: ${path}`,
      data: { source: path, kind: String(found) },
      hint: "Pack the archive with gzip, or copy it as it is with COPY or ADD --unpack=false.",
    });
  }
}

/** Puts a member below `root`, which has no links in it. */
function placeMember(member: ArchiveMember, root: string, { request, tree }: Placing): void {
  const { path, type } = member.entry;
  const inside = { get: (name: string) => tree.get(joinPath(root, name)) };
  const followed = resolvePath(inside, type === "directory" ? path : parentPath(path), "follow-last").path;
  const relative = type === "directory" ? followed : joinPath(followed, baseName(path));
  if (relative === "") return;
  const target = joinPath(root, relative);
  tree.makeDirectories(parentPath(target), { uid: 0, gid: 0 });
  tree.replace({ ...member, entry: { ...member.entry, path: target, ...request.owner }, mtime: "source" });
}

/** Errors of reading name the archive, whatever their own code was. */
function archiveError(error: unknown, path: string): unknown {
  if (!isOciBuildError(error) || !error.code.startsWith("TAR_")) return error;
  if (error.code === "TAR_TYPE_UNSUPPORTED" || error.code === "TAR_LIMIT_EXCEEDED") {
    const { code, exitCode, message, hint, data } = error;
    return new OciBuildError(code, exitCode, { message: `${path}: ${message}`, hint, data, cause: error });
  }
  return buildError("ADD_ARCHIVE_INVALID", {
    message: `cannot unpack ${path}: ${error.message}`,
    data: { path, member: undefined },
    cause: error,
  });
}

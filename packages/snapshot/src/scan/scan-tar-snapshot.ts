import { type Digest, type Entry, type FileReader, parseDigest } from "@oci-build/oci";
import type { HashWork, Snapshot } from "../snapshot.js";
import type { FileTree } from "../tree/file-tree.js";
import { notAFile } from "./file-check.js";
import type { TarArchive } from "./scan-tar-archive.js";
import { hashTarFile, TAR_HASH_BUFFER_BYTES, type TarFilePlace, TarFileReader } from "./scan-tar-file.js";

/** The tree of an archive. It holds the archive open until it is disposed of; from then on its files cannot be read,
 * while entries and known digests stay as they are. */
export interface TarSnapshot extends Snapshot, AsyncDisposable {}

/** A snapshot of a tree whose files all lie in the archive, which is closed with it. */
export function tarSnapshot(tree: FileTree, archive: TarArchive): TarSnapshot {
  return new ScannedTar(tree, archive);
}

class ScannedTar implements TarSnapshot {
  readonly #tree: FileTree;
  readonly #archive: TarArchive;
  /** By where a file's bytes begin, which all names of one file share. */
  readonly #digests = new Map<number, Digest | Promise<Digest>>();
  #buffer: Uint8Array | undefined;
  #hashed: HashWork = { files: 0, bytes: 0 };

  constructor(tree: FileTree, archive: TarArchive) {
    this.#tree = tree;
    this.#archive = archive;
  }

  get hashed(): HashWork {
    return this.#hashed;
  }

  entries(): Iterable<Entry> {
    return this.#tree.entries();
  }

  get(path: string): Entry | undefined {
    return this.#tree.get(path);
  }

  list(path: string): readonly string[] | undefined {
    return this.#tree.list(path);
  }

  openFile(path: string): FileReader | Promise<FileReader> {
    return this.#tree.openFile(path);
  }

  fileDigest(path: string): Digest | Promise<Digest> {
    const { place } = this.#reader(path);
    return this.#digests.get(place.offset) ?? this.#hash(place);
  }

  rememberDigest(path: string, digest: Digest): void {
    const { place } = this.#reader(path);
    if (!this.#digests.has(place.offset)) this.#remember(place, digest);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#archive.close();
  }

  #reader(path: string): TarFileReader {
    const reader = this.#tree.openFile(path);
    if (reader instanceof TarFileReader) return reader;
    throw notAFile(path, "a file of another tree");
  }

  #hash(place: TarFilePlace): Digest | Promise<Digest> {
    this.#buffer ??= new Uint8Array(TAR_HASH_BUFFER_BYTES);
    const hex = hashTarFile(place, this.#buffer);
    if (typeof hex === "string") return this.#remember(place, parseDigest(`sha256:${hex}`));
    const pending = hex.then(
      (found) => this.#remember(place, parseDigest(`sha256:${found}`)),
      (error: unknown) => {
        this.#digests.delete(place.offset);
        throw error;
      },
    );
    this.#digests.set(place.offset, pending);
    return pending;
  }

  #remember(place: TarFilePlace, digest: Digest): Digest {
    const { files, bytes } = this.#hashed;
    this.#hashed = { files: files + 1, bytes: bytes + place.size };
    this.#digests.set(place.offset, digest);
    return digest;
  }
}

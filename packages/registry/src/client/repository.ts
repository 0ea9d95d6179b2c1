import type { BlobSource, ByteRange, Descriptor, Digest, StoredDocument } from "@oci-build/oci";

/** A repository by its place: the two words of a `Reference` without its tag and digest. */
export interface RepositoryName {
  readonly registry: string;
  readonly repository: string;
}

/** What became of a blob that was to be written: `present` when the registry had it, `mounted` when it took it from
 * another of its repositories, `uploaded` when its bytes were sent. */
export type BlobOutcome = "present" | "mounted" | "uploaded";

/** How a blob gets into a repository. */
export interface WriteBlobOptions {
  /** Gives the bytes, again from the beginning each time it is called, since an upload may have to be repeated. Not
   * called when no bytes are needed. */
  readonly open: () => AsyncIterable<Uint8Array>;
  /** Repositories of the same registry that may have the blob, likeliest first. */
  readonly mountFrom?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of bytes sent; with a negative count when an upload begins again. */
  readonly onBytes?: ((count: number) => void) | undefined;
}

/** One repository of a registry. All that is read is verified against its digest before or as it is given out.
 *
 * Every call may fail with REGISTRY_UNAUTHORIZED, REGISTRY_FORBIDDEN, REGISTRY_UNREACHABLE, REGISTRY_RATE_LIMITED,
 * REGISTRY_RESPONSE_INVALID or REGISTRY_REQUEST_FAILED; what can be tried again was, before it fails.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md */
export interface Repository extends BlobSource {
  readonly name: RepositoryName;
  /** What a tag or digest stands for, or undefined when there is no such manifest. */
  resolve(target: string, options?: ResolveOptions): Promise<Descriptor | undefined>;
  /** A manifest or index by tag or digest, as the registry has it: bytes are never encoded anew.
   * @throws OciBuildError REGISTRY_MANIFEST_MISSING, REGISTRY_MANIFEST_TOO_LARGE, REGISTRY_DIGEST_MISMATCH */
  manifest(target: string, options?: RequestOptions): Promise<StoredDocument>;
  /** Stores a manifest or index under its digest and, when given, a tag. Its blobs must be there. */
  writeManifest(document: StoredDocument, tag?: string, options?: RequestOptions): Promise<void>;
  /** Takes a manifest away, or a tag alone where the registry can.
   * @throws OciBuildError REGISTRY_UNSUPPORTED when the registry does not allow it */
  deleteManifest(target: string, options?: RequestOptions): Promise<void>;
  /** Bytes as stored, or undefined when the repository does not have the blob. */
  size(digest: Digest, options?: RequestOptions): Promise<number | undefined>;
  /** A blob, or a part of one. What is cut off is resumed where it ended. A whole read is verified: it fails at its end
   * when the bytes do not have the digest. The reader may stop early, and owns the chunks.
   * @throws OciBuildError REGISTRY_BLOB_MISSING, REGISTRY_DIGEST_MISMATCH, REGISTRY_SIZE_MISMATCH,
   * REGISTRY_TRANSFER_CUT */
  read(digest: Digest, range?: ByteRange, options?: ReadBlobOptions): AsyncIterable<Uint8Array>;
  /** Makes the repository have a blob. Looks first, then mounts, then sends. */
  writeBlob(blob: Pick<Descriptor, "digest" | "size">, options: WriteBlobOptions): Promise<BlobOutcome>;
  deleteBlob(digest: Digest, options?: RequestOptions): Promise<void>;
  /** All tags, in the registry's order. */
  tags(options?: RequestOptions): AsyncIterable<string>;
  /** What refers to a manifest: by the referrers API, else by the tag that the specification names for registries
   * without it. Filtered by type when one is given. */
  referrers(
    digest: Digest,
    options?: RequestOptions & { readonly artifactType?: string | undefined },
  ): Promise<readonly Descriptor[]>;
}

/** How a tag or digest is resolved. */
export interface ResolveOptions extends RequestOptions {
  /** What the answer is for: `write` asks the registry itself and no mirror, as somebody who writes. Default: `read`. */
  readonly purpose?: RequestPurpose | undefined;
}

/** What an answer is for. */
export type RequestPurpose = "read" | "write";

/** How a blob is read. */
export interface ReadBlobOptions extends RequestOptions {
  /** The blob's size as its descriptor says it: a registry that sends more is stopped there. */
  readonly size?: number | undefined;
  /** `reader`: who reads hashes the bytes anyway and compares the digest; nothing is hashed here. Default: `here`. */
  readonly verify?: "here" | "reader" | undefined;
  /** `pass-by`: the registry itself is asked, where a mirror may have sent something else. Default: `ask`. */
  readonly mirrors?: "ask" | "pass-by" | undefined;
}

/** What every request takes. */
export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
}

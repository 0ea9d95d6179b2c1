import { type BlobSource, type Descriptor, type Digest, decodeIndex, kindOfMediaType } from "@oci-build/oci";
import type { Repository, RequestOptions } from "../client/repository.js";

/** All blobs of an image that lies in a repository, its manifests included, which registries give by another way than
 * layers. So it can be written to an archive, a layout or another registry without being stored between. An index is
 * to be read before what it lists, as `pushImage`, `writeImageArchive` and `writeImageLayout` do. */
export function remoteBlobs(
  repository: Pick<Repository, "manifest" | "read">,
  root: Descriptor,
  { signal }: RequestOptions = {},
): BlobSource {
  const manifests = new Set<Digest>([root.digest]);
  return {
    read: (digest) =>
      manifests.has(digest) ? readManifest(digest) : repository.read(digest, undefined, { signal }),
  };

  async function* readManifest(digest: Digest): AsyncGenerator<Uint8Array> {
    const { descriptor, bytes } = await repository.manifest(digest, { signal });
    if (kindOfMediaType(descriptor.mediaType) === "index") {
      for (const member of decodeIndex(bytes).manifests) manifests.add(member.digest);
    }
    yield bytes;
  }
}

import { type Descriptor, kindOfMediaType } from "@oci-build/oci";
import { formatReference, type Reference, type RegistryClient, readConfig } from "@oci-build/registry";
import { withTag } from "./image-location.js";
import { type OpenedImage, openedImage } from "./opened-image.js";

/** Opens an image of a registry: reads its index or manifest.
 * @throws OciBuildError REGISTRY_MANIFEST_MISSING and those of every request */
export async function openRegistryImage(
  reference: Reference,
  client: Pick<RegistryClient, "repository">,
  signal: AbortSignal | undefined,
): Promise<OpenedImage> {
  const named = withTag(reference);
  const { registry, repository: path, tag, digest } = named;
  const repository = client.repository({ registry, repository: path });
  const root = await repository.manifest(digest ?? tag ?? "latest", { signal });
  const read = async (descriptor: Descriptor): Promise<Buffer> => {
    if (kindOfMediaType(descriptor.mediaType) === "config")
      return readConfig(repository, descriptor, { signal });
    return (await repository.manifest(descriptor.digest, { signal })).bytes;
  };
  return openedImage({
    reference: formatReference(named),
    origin: "registry",
    root,
    names: tag === undefined ? [] : [formatReference({ ...named, digest: undefined })],
    blobs: repository,
    read,
    repository: repository.name,
  });
}

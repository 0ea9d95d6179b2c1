import type { Digest } from "@oci-build/oci";
import { parseReference, type RegistryClient } from "@oci-build/registry";

/** What a tag stands for in its registry now.
 * @throws OciBuildError REGISTRY_MANIFEST_MISSING, and as every request */
export async function digestOfTag(
  client: Pick<RegistryClient, "repository">,
  reference: string,
): Promise<Digest> {
  const { registry, repository: path, tag = "latest" } = parseReference(reference);
  const repository = client.repository({ registry, repository: path });
  const found = await repository.resolve(tag);
  // Asking for what is not there tells why.
  return (found ?? (await repository.manifest(tag)).descriptor).digest;
}

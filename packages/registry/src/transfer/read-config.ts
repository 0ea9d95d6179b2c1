import { CONFIG_MAX_BYTES, type Descriptor, readBlob } from "@oci-build/oci";
import type { Repository, RequestOptions } from "../client/repository.js";
import { pastMirrors } from "./past-mirrors.js";

/** Reads an image's config, verified; from the registry itself when a mirror sends another one.
 * @throws OciBuildError REGISTRY_BLOB_MISSING, REGISTRY_DIGEST_MISMATCH, REGISTRY_SIZE_MISMATCH, OCI_DOCUMENT_TOO_LARGE
 * and those of every request */
export function readConfig(
  repository: Pick<Repository, "read">,
  descriptor: Descriptor,
  { signal }: RequestOptions = {},
): Promise<Buffer> {
  const { size } = descriptor;
  return pastMirrors(({ mirrors }) =>
    readBlob(
      { read: (digest) => repository.read(digest, undefined, { size, signal, mirrors }) },
      descriptor,
      CONFIG_MAX_BYTES,
    ),
  );
}

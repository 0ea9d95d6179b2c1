import { isOciBuildError } from "@oci-build/oci";
import type { ReadBlobOptions } from "../client/repository.js";

/** Reads something of which a mirror may have other bytes: what came with another digest or size is read once more, from
 * the registry itself.
 * @throws what `read` throws */
export async function pastMirrors<Result>(
  read: (options: { readonly mirrors: NonNullable<ReadBlobOptions["mirrors"]> }) => Promise<Result>,
): Promise<Result> {
  try {
    return await read({ mirrors: "ask" });
  } catch (error) {
    if (!isOtherBlob(error)) throw error;
    return await read({ mirrors: "pass-by" });
  }
}

function isOtherBlob(error: unknown): boolean {
  if (isOciBuildError(error, "REGISTRY_SIZE_MISMATCH")) return error.data["mirror"] !== undefined;
  return isOciBuildError(error, "REGISTRY_DIGEST_MISMATCH");
}

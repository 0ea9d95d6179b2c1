import type { Descriptor } from "@oci-build/oci";
import type { BlobOutcome, WriteBlobOptions } from "../repository.js";
import type { RepositoryContext } from "../repository-context.js";
import { BlobUpload } from "./blob-upload.js";
import { isThere } from "./is-there.js";
import { mountBlob } from "./mount-blob.js";

/** Makes a repository have a blob. One of a digest at a time, so that what two images share is sent once. */
export async function writeBlob(
  context: RepositoryContext,
  blob: Pick<Descriptor, "digest" | "size">,
  options: WriteBlobOptions,
): Promise<BlobOutcome> {
  const { name, known } = context;
  const change = async (): Promise<BlobOutcome> => {
    const outcome = known.has(name, blob.digest) ? "present" : await bring(context, blob, options);
    known.add(name, blob.digest);
    return outcome;
  };
  return known.alone(name, blob.digest, { change, signal: options.signal });
}

async function bring(
  context: RepositoryContext,
  blob: Pick<Descriptor, "digest" | "size">,
  options: WriteBlobOptions,
): Promise<BlobOutcome> {
  const { digest } = blob;
  const { signal } = options;
  if (await isThere(context, digest, signal)) return "present";
  const { registry } = context.name;
  const mountFrom = [...(options.mountFrom ?? []), ...context.known.repositoriesWith(registry, digest)];
  const mounted = await mountBlob(context, digest, { mountFrom, signal });
  if (mounted === "mounted") return "mounted";
  await new BlobUpload(context, blob, { ...options, session: mounted }).run();
  return "uploaded";
}

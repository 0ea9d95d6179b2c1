import type { Digest } from "@oci-build/oci";
import {
  formatReference,
  type RegistryClient,
  type Repository,
  type RepositoryName,
} from "@oci-build/registry";
import { buildError } from "../errors.js";

/** A client for builds that may not use the network: whatever would be asked of a registry is an error, which says what
 * the local store lacks. */
export function offlineClient(): RegistryClient {
  const close = async (): Promise<void> => undefined;
  return {
    repository: offlineRepository,
    checkLogin: async (registry) => {
      throw offline(registry, `${registry} cannot be logged in to`);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function offlineRepository(name: RepositoryName): Repository {
  const own = formatReference(name);
  const lacks = (target: string): Promise<never> => {
    const mark = target.startsWith("sha256:") ? "@" : ":";
    return Promise.reject(missing(`${own}${mark}${target}`));
  };
  const refuses = (): Promise<never> => Promise.reject(offline(own, `${own} cannot be asked`));
  return {
    name,
    resolve: lacks,
    manifest: lacks,
    size: lacks,
    read: (digest) => failing(missingBlob(own, digest)),
    writeManifest: refuses,
    deleteManifest: refuses,
    writeBlob: refuses,
    deleteBlob: refuses,
    tags: () => failing(offline(own, `${own} cannot be asked`)),
    referrers: refuses,
  };
}

function failing(error: Error): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
}

function missing(reference: string): Error {
  return offline(
    reference,
    `${reference} is not in the local store`,
    `Run once without --offline, or: oci-build pull ${reference}`,
  );
}

function missingBlob(repository: string, digest: Digest): Error {
  return offline(
    `${repository}@${digest}`,
    `${digest} of ${repository} is not in the local store`,
    "Run once without --offline, or fetch the image with oci-build pull.",
  );
}

function offline(reference: string, problem: string, hint: string = "Run without --offline."): Error {
  return buildError("BUILD_OFFLINE", {
    message: `${problem}, and --offline asks no registry`,
    data: { reference },
    hint,
  });
}

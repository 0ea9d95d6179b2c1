import type { Digest, OciBuildError } from "@oci-build/oci";
import { registryError } from "../errors.js";
import type { RepositoryName } from "./repository.js";
import { told } from "./repository-context.js";

/** The error for a tag or digest that a repository does not have. */
export function manifestMissing(name: RepositoryName, target: string): OciBuildError {
  return registryError("REGISTRY_MANIFEST_MISSING", {
    message: `${withTarget(name, target)} does not exist`,
    data: { registry: name.registry, repository: name.repository, target },
    hint: "Check the name and the tag, and whether you are logged in where the repository is private.",
  });
}

/** The error for a blob that a repository does not have. */
export function blobMissing(name: RepositoryName, digest: Digest): OciBuildError {
  return registryError("REGISTRY_BLOB_MISSING", {
    message: `${told(name)} has no blob ${digest}`,
    data: { registry: name.registry, repository: name.repository, digest },
  });
}

/** The error for bytes that do not have the digest which they are asked for or told with. */
export function digestMismatch(name: RepositoryName, expected: string, found: string): OciBuildError {
  return registryError("REGISTRY_DIGEST_MISMATCH", {
    message: `${told(name)} sent bytes with the digest ${found}, expected ${expected}`,
    data: { registry: name.registry, repository: name.repository, expected, found },
  });
}

interface WrongSize {
  readonly digest: Digest;
  /** The blob's, as its descriptor says it. */
  readonly size: number;
  readonly found: number;
  /** The host of the mirror that sent it, if one did. */
  readonly mirror: string | undefined;
}

/** The error for a blob that is longer or shorter than it should be. */
export function sizeMismatch(
  name: RepositoryName,
  { digest, size: expected, found, mirror }: WrongSize,
): OciBuildError {
  const who = mirror === undefined ? told(name) : `the mirror ${mirror} of ${told(name)}`;
  return registryError("REGISTRY_SIZE_MISMATCH", {
    message: `${who} has ${found} bytes for blob ${digest}, expected ${expected}`,
    data: { registry: name.registry, repository: name.repository, digest, expected, found, mirror },
  });
}

/** The error for what a registry does not offer. */
export function unsupported(name: RepositoryName, operation: string): OciBuildError {
  return registryError("REGISTRY_UNSUPPORTED", {
    message: `${name.registry} does not allow ${operation}`,
    data: { registry: name.registry, repository: name.repository, operation },
  });
}

/** `host/name:tag` or `host/name@digest`. */
export function withTarget(name: RepositoryName, target: string): string {
  return `${told(name)}${target.includes(":") ? "@" : ":"}${target}`;
}

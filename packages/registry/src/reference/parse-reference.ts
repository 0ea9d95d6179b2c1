import { type Digest, parseDigest } from "@oci-build/oci";
import {
  digestPattern,
  identifierPattern,
  REFERENCE_MAX_LENGTH,
  REPOSITORY_MAX_LENGTH,
  registryPattern,
  repositoryPattern,
  TAG_MAX_LENGTH,
  tagPattern,
} from "./grammar.js";
import type { Reference, TaggedReference } from "./reference.js";
import { referenceError } from "./reference-error.js";
import { splitRegistry } from "./split-registry.js";

const DEFAULT_TAG = "latest";

/** The reference that a text spells, with Docker's defaults: no registry means `docker.io`, one word there means
 * `library/`. A missing tag stays missing.
 * Differs: digests other than sha256 are refused.
 * Differs: a reference of more than 1,024 characters is refused.
 * @throws OciBuildError REGISTRY_REFERENCE_INVALID
 * @see https://github.com/distribution/reference/blob/v0.6.0/normalize.go */
export function parseReference(text: string): Reference {
  if (text === "") throw referenceError(text, "empty");
  if (text.length > REFERENCE_MAX_LENGTH) throw referenceError(text, "too-long");
  if (identifierPattern.test(text)) throw referenceError(text, "bare-identifier");
  const { registry, remainder } = splitRegistry(text);
  const [nameAndTag, digest] = cut(remainder, "@");
  const [repository, tag] = cut(nameAndTag, ":");
  if (!registryPattern.test(registry)) throw referenceError(text, "registry-malformed");
  checkRepository(text, repository);
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag: checkedTag(text, tag) }),
    ...(digest === undefined ? {} : { digest: checkedDigest(text, digest) }),
  };
}

/** The name to give to an image that is being built: a missing tag is `latest`.
 * @throws OciBuildError REGISTRY_REFERENCE_INVALID; also for a digest, which nobody can choose */
export function parseTaggedReference(text: string): TaggedReference {
  const { registry, repository, tag, digest } = parseReference(text);
  if (digest !== undefined) throw referenceError(text, "digest-not-allowed");
  return { registry, repository, tag: tag ?? DEFAULT_TAG };
}

function checkRepository(text: string, repository: string): void {
  if (repository.toLowerCase() !== repository) throw referenceError(text, "repository-upper-case");
  if (!repositoryPattern.test(repository)) throw referenceError(text, "repository-malformed");
  if (repository.length > REPOSITORY_MAX_LENGTH) throw referenceError(text, "repository-too-long");
}

function checkedTag(text: string, tag: string): string {
  if (!tagPattern.test(tag)) throw referenceError(text, "tag-malformed");
  if (tag.length > TAG_MAX_LENGTH) throw referenceError(text, "tag-too-long");
  return tag;
}

function checkedDigest(text: string, digest: string): Digest {
  if (!digestPattern.test(digest)) throw referenceError(text, "digest-malformed");
  if (!digest.startsWith("sha256:")) throw referenceError(text, "digest-unsupported");
  if (!/^sha256:[a-f0-9]{64}$/.test(digest)) throw referenceError(text, "digest-malformed");
  return parseDigest(digest);
}

function cut(text: string, mark: string): readonly [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

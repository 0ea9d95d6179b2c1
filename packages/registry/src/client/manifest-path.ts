import { digestPattern, TAG_MAX_LENGTH, tagPattern } from "../reference/grammar.js";
import { referenceError } from "../reference/reference-error.js";
import type { RepositoryName } from "./repository.js";
import { told } from "./repository-context.js";

/** The path of a manifest below its repository. What is neither tag nor digest could lead elsewhere.
 * @throws OciBuildError REGISTRY_REFERENCE_INVALID */
export function manifestPath(name: RepositoryName, target: string): string {
  if (target.includes(":")) {
    if (!digestPattern.test(target)) throw referenceError(`${told(name)}@${target}`, "digest-malformed");
  } else if (target.length > TAG_MAX_LENGTH || !tagPattern.test(target)) {
    throw referenceError(`${told(name)}:${target}`, "tag-malformed");
  }
  return `manifests/${target}`;
}

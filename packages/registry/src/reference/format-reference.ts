import { identifierPattern } from "./grammar.js";
import type { Reference } from "./reference.js";
import { DOCKER_HUB, OFFICIAL_NAMESPACE, splitRegistry } from "./split-registry.js";

/** The reference in full, registry included; `parseReference` gives it back unchanged. */
export function formatReference(reference: Reference): string {
  return `${reference.registry}/${reference.repository}${suffix(reference)}`;
}

/** The reference as Docker shows it: without `docker.io` and `library/`.
 * Differs: a short form that would name another image when read back (`docker.io/localhost/app`) is not used. */
export function familiarName(reference: Reference): string {
  const short = shortName(reference);
  return `${short}${suffix(reference)}`;
}

function shortName({ registry, repository }: Reference): string {
  const full = `${registry}/${repository}`;
  if (registry !== DOCKER_HUB) return full;
  const word = repository.startsWith(OFFICIAL_NAMESPACE) ? repository.slice(OFFICIAL_NAMESPACE.length) : "";
  const candidates = word === "" || word.includes("/") ? [repository] : [word, repository];
  return candidates.find((name) => meansSame(name, repository)) ?? full;
}

function meansSame(name: string, repository: string): boolean {
  const { registry, remainder } = splitRegistry(name);
  return !identifierPattern.test(name) && registry === DOCKER_HUB && remainder === repository;
}

function suffix({ tag, digest }: Reference): string {
  return `${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

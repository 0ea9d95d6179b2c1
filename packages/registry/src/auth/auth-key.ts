import { DOCKER_HUB } from "../reference/split-registry.js";

/** What Docker calls Docker Hub in its files and towards helpers. */
const DOCKER_HUB_KEY = "https://index.docker.io/v1/";
const DOCKER_HUB_HOSTS: ReadonlySet<string> = new Set([
  "docker.io",
  "index.docker.io",
  "registry-1.docker.io",
]);

/** What a registry is called in Docker's `config.json` and towards helpers. */
export function dockerKey(registry: string): string {
  return registry === DOCKER_HUB ? DOCKER_HUB_KEY : registry;
}

/** What a key of `auths` means. */
export interface AuthKey {
  readonly registry: string;
  /** Repositories that it is for: itself, or those below it; empty for all. */
  readonly scope: string;
}

/** Reads a key: `host`, `https://host/v1/` and the like as Docker wrote them over the years, or `host/path` as podman
 * has them for some repositories.
 * @see https://github.com/containers/image/blob/v5.30.0/docs/containers-auth.json.5.md */
export function parseAuthKey(key: string): AuthKey {
  const bare = key.replace(/^https?:\/\//, "");
  const slash = bare.indexOf("/");
  const host = slash < 0 ? bare : bare.slice(0, slash);
  const path = slash < 0 ? "" : bare.slice(slash + 1).replace(/\/$/, "");
  const isOfHost = bare !== key || /^v[12]$/.test(path);
  return { registry: DOCKER_HUB_HOSTS.has(host) ? DOCKER_HUB : host, scope: isOfHost ? "" : path };
}

/** The members whose keys are for a repository, or for a registry as a whole: those for fewest repositories first, of
 * equal ones the key as Docker writes it. */
export function membersFor(
  members: Readonly<Record<string, unknown>>,
  registry: string,
  repository: string | undefined,
): readonly unknown[] {
  const found = Object.entries(members)
    .map(([key, value]) => ({ key, value, ...parseAuthKey(key) }))
    .filter((one) => one.registry === registry && isWithin(repository, one.scope));
  const spelled = dockerKey(registry);
  found.sort(
    (a, b) => b.scope.length - a.scope.length || Number(b.key === spelled) - Number(a.key === spelled),
  );
  return found.map(({ value }) => value);
}

function isWithin(repository: string | undefined, scope: string): boolean {
  if (scope === "") return true;
  return repository !== undefined && `${repository}/`.startsWith(`${scope}/`);
}

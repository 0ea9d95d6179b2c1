import type { AccessScope } from "../http/transport.js";

/** More than any request needs; what a hostile challenge names beyond it is left out. */
const RESOURCES_MAX = 64;
const ORDER = ["pull", "push", "delete"];

/** What a token allows: actions by resource, which is `type:name`. */
export type ScopeSet = ReadonlyMap<string, ReadonlySet<string>>;

/** The scopes of a request. */
export function scopeSet(scopes: readonly AccessScope[]): ScopeSet {
  return merge(scopes.map(({ repository, actions }) => [`repository:${repository}`, actions]));
}

/** The scopes that a challenge names: parted by blanks, `type:name:action,action`. The name may have colons.
 * @see https://distribution.github.io/distribution/spec/auth/scope/ */
export function parseScopes(text: string): ScopeSet {
  const words = text.split(" ").filter((word) => /^[^:]+:.+:[^:]*$/.test(word));
  return merge(
    words.map((word) => {
      const at = word.lastIndexOf(":");
      return [word.slice(0, at), word.slice(at + 1).split(",")];
    }),
  );
}

export function joinScopes(a: ScopeSet, b: ScopeSet): ScopeSet {
  return merge([...a, ...b].map(([resource, actions]) => [resource, [...actions]]));
}

/** True when whoever has `granted` may do all of `wanted`. */
export function covers(granted: ScopeSet, wanted: ScopeSet): boolean {
  return [...wanted].every(([resource, actions]) => {
    const allowed = granted.get(resource);
    return allowed !== undefined && [...actions].every((action) => allowed.has(action));
  });
}

/** One text a resource, as token servers are asked: in a fixed order. */
export function formatScopes(scopes: ScopeSet): readonly string[] {
  return [...scopes]
    .map(([resource, actions]) => `${resource}:${[...actions].sort(byRank).join(",")}`)
    .sort();
}

function byRank(a: string, b: string): number {
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function rank(action: string): number {
  const at = ORDER.indexOf(action);
  return at < 0 ? ORDER.length : at;
}

function merge(entries: readonly (readonly [string, readonly string[]])[]): ScopeSet {
  const merged = new Map<string, Set<string>>();
  for (const [resource, actions] of entries) {
    const known = merged.get(resource);
    if (known === undefined && merged.size >= RESOURCES_MAX) continue;
    merged.set(resource, new Set([...(known ?? []), ...actions]));
  }
  return merged;
}

import type { ContainerConfig } from "@oci-build/oci";

/** The three configs that a rebase knows; `image` stands on `oldBase`. */
export interface ConfigsToMerge {
  readonly image: ContainerConfig;
  readonly oldBase: ContainerConfig;
  readonly newBase: ContainerConfig;
}

type Value = unknown;
type Members = Readonly<Record<string, Value>>;

/** The config of an image on its new base: what it inherited is the new base's, what it set itself stays, member by
 * member and, of variables, labels, ports and volumes, name by name. What it set to what the old base had anyway cannot
 * be told from what it inherited.
 *
 * As with instructions: triggers (`OnBuild`) are never inherited; who sets an entrypoint has no command but its own. */
export function mergeConfigs({ image, oldBase, newBase }: ConfigsToMerge): ContainerConfig {
  const members = { image: plain(image), oldBase: plain(oldBase), newBase: plain(newBase) };
  const merged = mergeMembers(members, isSame);
  const ownEntrypoint = !isSame(image.Entrypoint, oldBase.Entrypoint);
  return withoutEmpty({
    ...merged,
    Env: mergeVariables({ image, oldBase, newBase }),
    ExposedPorts: mergeParts("ExposedPorts", { image, oldBase, newBase }),
    Labels: mergeParts("Labels", { image, oldBase, newBase }),
    Volumes: mergeParts("Volumes", { image, oldBase, newBase }),
    OnBuild: image.OnBuild,
    ...(ownEntrypoint ? { Cmd: image.Cmd, ArgsEscaped: image.ArgsEscaped } : {}),
  });
}

/** Of three values of one thing: the new base's where the image has the old base's. */
function mergeMembers(
  {
    image,
    oldBase,
    newBase,
  }: { readonly image: Members; readonly oldBase: Members; readonly newBase: Members },
  isSame: (a: Value, b: Value) => boolean,
): Members {
  const names = new Set([...Object.keys(newBase), ...Object.keys(image)]);
  const merged: Record<string, Value> = Object.create(null) as Record<string, Value>;
  for (const name of names) {
    const value = isSame(image[name], oldBase[name]) ? newBase[name] : image[name];
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

function mergeParts(
  name: "ExposedPorts" | "Labels" | "Volumes",
  { image, oldBase, newBase }: ConfigsToMerge,
): Members {
  const parts = { image: plain(image[name]), oldBase: plain(oldBase[name]), newBase: plain(newBase[name]) };
  return { ...mergeMembers(parts, isEqual) };
}

/** The new base's variables in its order, then the image's own. */
function mergeVariables({ image, oldBase, newBase }: ConfigsToMerge): readonly string[] {
  const all = { image: variables(image), oldBase: variables(oldBase), newBase: variables(newBase) };
  const merged = mergeMembers(all, isEqual);
  return Object.entries(merged).map(([name, value]) => `${name}=${String(value)}`);
}

/** The last one of a name counts. */
function variables({ Env = [] }: ContainerConfig): Members {
  const values: Record<string, Value> = Object.create(null) as Record<string, Value>;
  for (const variable of Env) {
    const equals = variable.indexOf("=");
    const name = equals < 0 ? variable : variable.slice(0, equals);
    values[name] = equals < 0 ? "" : variable.slice(equals + 1);
  }
  return values;
}

/** Without what an object inherits, so that no name is special. */
function plain(value: object | undefined): Members {
  return Object.assign(Object.create(null) as Record<string, Value>, value);
}

/** Of members of a config: absent, empty and nothing are one. */
function isSame(a: Value, b: Value): boolean {
  return isEqual(filled(a), filled(b));
}

/** Of names: an empty value is one, too. */
function isEqual(a: Value, b: Value): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function filled(value: Value): Value {
  if (value === null || value === "" || value === false) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value;
  if (typeof value !== "object") return value;
  // In the order of their names, since that of a base's members is no difference.
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return members.length === 0 ? undefined : members;
}

function withoutEmpty(members: Members): ContainerConfig {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => filled(value) !== undefined));
}

import type { ContainerConfig, ImageConfig } from "@oci-build/oci";

/** One difference between two configs. `name` is the member, and for what has parts also the part: `Env PATH`,
 * `Labels version`, `ExposedPorts 80/tcp`. Values are texts, or JSON for lists and objects; undefined where that side has
 * none. */
export interface ConfigChange {
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** How two configs differ, by name. Times and history never count; layers are compared by their files. */
export function diffConfigs(before: ImageConfig, after: ImageConfig): readonly ConfigChange[] {
  const [old, now] = [configValues(before), configValues(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  return names.flatMap((name) => {
    const change = { name, before: old.get(name), after: now.get(name) };
    return change.before === change.after ? [] : [change];
  });
}

/** What is compared elsewhere, or not at all. */
const LEFT_OUT: ReadonlySet<string> = new Set(["config", "created", "history", "rootfs"]);

function configValues(image: ImageConfig): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(image)) {
    if (!LEFT_OUT.has(name)) addValue(values, name, value);
  }
  for (const [name, value] of Object.entries(image.config ?? {})) addMember(values, name, value);
  return values;
}

function addMember(values: Map<string, string>, name: string, value: unknown): void {
  if (name === "Env" && Array.isArray(value)) addVariables(values, value as ContainerConfig["Env"] & object);
  else if (PARTED.has(name) && typeof value === "object" && value !== null) {
    for (const [part, told] of Object.entries(value)) values.set(`${name} ${part}`, partText(told));
  } else addValue(values, name, value);
}

/** Members whose parts are compared one by one. */
const PARTED: ReadonlySet<string> = new Set(["ExposedPorts", "Labels", "Volumes"]);

/** As a shell has it, the last one of a name counts. */
function addVariables(values: Map<string, string>, variables: readonly string[]): void {
  for (const variable of variables) {
    const equals = variable.indexOf("=");
    const name = equals < 0 ? variable : variable.slice(0, equals);
    values.set(`Env ${name}`, equals < 0 ? "" : variable.slice(equals + 1));
  }
}

/** An empty value means the same as none. */
function addValue(values: Map<string, string>, name: string, value: unknown): void {
  const isEmpty =
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
  if (!isEmpty) values.set(name, typeof value === "string" ? value : JSON.stringify(value));
}

/** The members of a set have no value. */
function partText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** What a builder made of a Dockerfile: the config, field by field, or why it refused. */
export type Outcome =
  | { readonly ok: true; readonly fields: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly message: string; readonly broken: readonly BrokenRule[] };

/** A rule that a Dockerfile broke, and in which line; buildah names none. */
export interface BrokenRule {
  readonly rule: string;
  readonly line: number;
}

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const BUILDER_LABEL = "io.buildah.version";

/** The config of an image's document, by field; each variable and label is a field of its own (`Env a`). Fields that
 * are empty or have their default value are left out, since builders write or omit them at will. */
export function configFields(document: unknown): ReadonlyMap<string, string> {
  const image = record(document);
  const config = record(image["config"]);
  const env = list(config["Env"]).map((pair) => splitPair(String(pair)));
  const labels = Object.entries(record(config["Labels"])).filter(([name]) => name !== BUILDER_LABEL);
  const fields: readonly (readonly [string, unknown])[] = [
    ["Author", image["author"]],
    ["WorkingDir", config["WorkingDir"] === "/" ? "" : config["WorkingDir"]],
    ...["User", "StopSignal", "Entrypoint", "Cmd", "Shell", "OnBuild", "Healthcheck"].map(
      (name) => [name, config[name]] as const,
    ),
    ...["ExposedPorts", "Volumes"].map((name) => [name, Object.keys(record(config[name])).sort()] as const),
  ];
  return new Map([
    ...fields
      .filter(([, value]) => !isEmpty(value))
      .map(([name, value]) => [name, valueText(value)] as const),
    ...env
      .filter(([name, value]) => name !== "PATH" || value !== DEFAULT_PATH)
      .map(([name, value]) => [`Env ${name}`, value] as const),
    ["Env", JSON.stringify(env.map(([name]) => name))],
    ...labels.map(([name, value]) => [`Label ${name}`, String(value)] as const),
  ]);
}

function splitPair(pair: string): readonly [name: string, value: string] {
  const equals = pair.indexOf("=");
  return equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)
  );
}

function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(
    Array.isArray(value) ? value : Object.fromEntries(Object.entries(record(value)).sort()),
  );
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

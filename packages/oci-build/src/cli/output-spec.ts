import { buildError } from "../errors.js";
import type { BuildOutput, LayerCompression } from "../options/build-options.js";
import { parseCompression } from "./compression-flags.js";
import { outputFields } from "./output-fields.js";
import type { OutputStream } from "./terminal.js";

/** As Go reads them. */
const TRUE = /^(?:1|t|T|true|TRUE|True)$/;
const FALSE = /^(?:0|f|F|false|FALSE|False)$/;

const COMMON_KEYS = ["type", "name", "compression", "compression-level", "oci-mediatypes"] as const;
const REGISTRY_KEYS = ["push", "push-by-digest", "name-canonical", "registry.insecure"] as const;

/** What each type of output can say of itself. */
const KEYS = {
  oci: [...COMMON_KEYS, "dest", "tar"],
  docker: [...COMMON_KEYS, "dest", "tar", "context"],
  image: [...COMMON_KEYS, ...REGISTRY_KEYS, "store"],
  registry: [...COMMON_KEYS, ...REGISTRY_KEYS],
  local: ["type", "dest"],
  tar: ["type", "dest"],
  cacheonly: ["type"],
} as const satisfies Record<string, readonly string[]>;

type OutputType = keyof typeof KEYS;

/** Names of standard output; written as files they would mix with what else goes there. */
const STDOUT = /^(?:-|\/dev\/stdout|\/dev\/fd\/1|\/proc\/self\/fd\/1)$/;

const LOCAL_HINT = "Write type=local,dest=DIR.";

/** What a value of `--output` says. */
export interface OutputSpec {
  readonly output: BuildOutput;
  readonly compression: LayerCompression;
}

/** Reads `type=TYPE,KEY=VALUE,…` in buildx's words, or one of its short forms. `dest=-` is the given stream.
 * `name-canonical` changes nothing: an image of the local store is found by its digest anyway.
 * @throws OciBuildError OPTION_INVALID */
export function parseOutput(spec: string, stdout: OutputStream): OutputSpec {
  const fields = readFields(spec);
  const texts = { type: fields.get("compression"), level: fields.get("compression-level") };
  const compression = parseCompression(texts, (_, problem) =>
    invalid(spec, problem, "Write type=oci,dest=PATH,compression=gzip,compression-level=9."),
  );
  return { output: readOutput(new Spec(spec, fields), stdout), compression };
}

function readFields(spec: string): ReadonlyMap<string, string> {
  const parts = outputFields(spec);
  if (parts === undefined) {
    throw invalid(spec, "a quote stands inside a field", 'Quote whole fields: type=oci,"dest=a,b.tar".');
  }
  const fields = new Map(parts.map((field) => keyValue(field, spec)));
  const type = fields.get("type");
  if (type === undefined) throw invalid(spec, "it names no type");
  if (!isOutputType(type)) {
    throw invalid(spec, `the output type ${type} is not supported, only ${Object.keys(KEYS).join(", ")} are`);
  }
  const known: readonly string[] = KEYS[type];
  for (const key of fields.keys()) {
    if (known.includes(key)) continue;
    const problem = `the output option ${key} is not known of type=${type}`;
    throw invalid(spec, problem, advice(known.slice(1)));
  }
  return fields;
}

function advice(known: readonly string[]): string {
  return known.length === 0 ? "It knows none." : `It knows ${known.join(", ")}.`;
}

function isOutputType(type: string): type is OutputType {
  return Object.hasOwn(KEYS, type);
}

/** The fields of a value of `--output`, whose keys its type knows. */
class Spec {
  readonly text: string;
  readonly #fields: ReadonlyMap<string, string>;

  constructor(text: string, fields: ReadonlyMap<string, string>) {
    this.text = text;
    this.#fields = fields;
  }

  /** An empty value is as good as none. */
  field(key: string): string | undefined {
    return this.#fields.get(key) || undefined;
  }

  flag(key: string): boolean | undefined {
    const value = this.field(key);
    if (value === undefined) return undefined;
    if (TRUE.test(value)) return true;
    if (FALSE.test(value)) return false;
    throw invalid(this.text, `${key} is true or false, not ${value}`, `Write ${key}=true.`);
  }

  /** `name=a`, or several in one field: `"name=a,b"`. */
  names(): readonly string[] | undefined {
    const names = this.field("name")?.split(",");
    return names?.map((name) => name.trim()).filter((name) => name !== "");
  }
}

function readOutput(spec: Spec, stdout: OutputStream): OutputSpec["output"] {
  if (spec.flag("oci-mediatypes") === false) {
    throw invalid(spec.text, "only OCI's media types are written", "Leave oci-mediatypes out.");
  }
  const type = spec.field("type");
  if (type === "cacheonly") return { type: "none" };
  if (type === "registry" || type === "image") return registryOutput(spec, type);
  if (type === "local" || type === "tar") return filesOutput(spec, type, stdout);
  return archiveOutput(spec, type === "docker" ? "docker" : "oci", stdout);
}

function registryOutput(spec: Spec, type: "image" | "registry"): OutputSpec["output"] {
  const common = withoutUndefined({
    names: spec.names(),
    pushByDigest: spec.flag("push-by-digest"),
    insecure: spec.flag("registry.insecure"),
  });
  if (type === "image") {
    return { type, ...common, ...withoutUndefined({ push: spec.flag("push"), store: spec.flag("store") }) };
  }
  if (spec.flag("push") !== false) return { type, ...common };
  throw invalid(spec.text, "type=registry is what is pushed", "Write type=image,push=false.");
}

function filesOutput(spec: Spec, type: "local" | "tar", stdout: OutputStream): OutputSpec["output"] {
  const dest = spec.field("dest");
  if (type === "tar") {
    const isStdout = dest === undefined || STDOUT.test(dest);
    return { type, dest: isStdout ? noTerminal(spec, stdout) : dest };
  }
  if (dest === undefined || STDOUT.test(dest)) throw invalid(spec.text, "a folder needs a dest", LOCAL_HINT);
  // Else it would be made, one folder in the other.
  if (dest.includes("://")) throw invalid(spec.text, "an address is no folder", LOCAL_HINT);
  return { type, dest };
}

function archiveOutput(spec: Spec, type: "oci" | "docker", stdout: OutputStream): OutputSpec["output"] {
  const dest = spec.field("dest");
  const tar = spec.flag("tar") ?? true;
  const context = spec.field("context");
  const names = withoutUndefined({ names: spec.names() });
  if (dest === undefined) {
    if (!tar) throw invalid(spec.text, "a folder needs a dest");
    return type === "oci" ? { type, ...names } : { type, ...names, ...withoutUndefined({ context }) };
  }
  if (context !== undefined) throw invalid(spec.text, "a context is for what is loaded, without a dest");
  if (!STDOUT.test(dest)) return { type, dest, tar, ...names };
  if (!tar) throw invalid(spec.text, "a folder cannot go to standard output");
  return { type, dest: noTerminal(spec, stdout), ...names };
}

/** Bytes of a tar may mean anything to a terminal. */
function noTerminal(spec: Spec, stdout: OutputStream): OutputStream {
  if (stdout.isTTY !== true) return stdout;
  throw invalid(
    spec.text,
    "standard output is a terminal",
    "Write it to a file with dest=FILE, or use a pipe.",
  );
}

function withoutUndefined<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}

function keyValue(field: string, spec: string): [string, string] {
  const equals = field.indexOf("=");
  if (equals >= 0) return [field.slice(0, equals).trim().toLowerCase(), field.slice(equals + 1)];
  throw invalid(spec, `not key=value: ${field}`);
}

function invalid(spec: string, problem: string, hint = "Write type=oci,dest=PATH."): Error {
  return buildError("OPTION_INVALID", {
    message: `--output ${spec}: ${problem}`,
    data: { option: "--output", value: spec },
    hint,
  });
}

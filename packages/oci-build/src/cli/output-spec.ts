import type { Writable } from "node:stream";
import { buildError } from "../errors.js";
import type { BuildOutput, LayerCompression } from "../options/build-options.js";
import { parseCompression } from "./compression-flags.js";
import { splitCsv } from "./split-csv.js";

/** As Go reads them. */
const TRUE = /^(?:1|t|T|true|TRUE|True)$/;
const FALSE = /^(?:0|f|F|false|FALSE|False)$/;

const KNOWN_KEYS: ReadonlySet<string> = new Set(["type", "dest", "tar", "compression", "compression-level"]);

/** Names of standard output; written as files they would mix with what else goes there. */
const STDOUT = /^(?:-|\/dev\/stdout|\/dev\/fd\/1|\/proc\/self\/fd\/1)$/;

/** Buildx's short forms: `-` is `type=tar,dest=-` and PATH is `type=local,dest=PATH`. */
const SHORT_FORM = /^[^=,]+$/;

/** What a value of `--output` says. `output` is undefined when it leaves the name to the default. */
export interface OutputSpec {
  readonly output: BuildOutput | undefined;
  readonly compression: LayerCompression;
}

/** Reads `type=oci,dest=PATH[,tar=false][,compression=TYPE][,compression-level=N]`. `dest=-` is the given stream.
 * @throws OciBuildError OPTION_INVALID */
export function parseOutput(spec: string, stdout: Writable): OutputSpec {
  const fields = readFields(spec);
  const texts = { type: fields.get("compression"), level: fields.get("compression-level") };
  const compression = parseCompression(texts, (_, problem) =>
    invalid(spec, problem, "Write type=oci,dest=PATH,compression=gzip,compression-level=9."),
  );
  return { output: readOutput(spec, fields, stdout), compression };
}

function readFields(spec: string): ReadonlyMap<string, string> {
  if (SHORT_FORM.test(spec)) throw shortForm(spec);
  const parts = splitCsv(spec);
  if (parts === undefined) {
    throw invalid(spec, "a quote stands inside a field", 'Quote whole fields: type=oci,"dest=a,b.tar".');
  }
  const fields = new Map(parts.map((field) => keyValue(field, spec)));
  for (const key of fields.keys()) {
    if (!KNOWN_KEYS.has(key)) throw invalid(spec, `the output option ${key} is not known`);
  }
  return fields;
}

function readOutput(
  spec: string,
  fields: ReadonlyMap<string, string>,
  stdout: Writable,
): BuildOutput | undefined {
  const type = fields.get("type");
  if (type === undefined) throw invalid(spec, "it names no type");
  if (type !== "oci") throw invalid(spec, `the output type ${type} is not supported, only oci is`);
  const dest = fields.get("dest");
  const tar = fields.get("tar") ?? "true";
  if (!TRUE.test(tar) && !FALSE.test(tar)) throw invalid(spec, `tar is true or false, not ${tar}`);
  const isTar = TRUE.test(tar);
  if (dest === undefined || dest === "") {
    if (!isTar) throw invalid(spec, "a folder needs a dest");
    return undefined;
  }
  if (!STDOUT.test(dest)) return { type: "oci", dest, tar: isTar };
  if (!isTar) throw invalid(spec, "a folder cannot go to standard output");
  return { type: "oci", dest: stdout };
}

function keyValue(field: string, spec: string): [string, string] {
  const equals = field.indexOf("=");
  if (equals >= 0) return [field.slice(0, equals).trim().toLowerCase(), field.slice(equals + 1)];
  throw invalid(spec, `not key=value: ${field}`);
}

/** Refused rather than guessed: to buildx they mean a file tree, not an image. */
function shortForm(spec: string): Error {
  const type = spec === "-" ? "tar" : "local";
  return invalid(
    spec,
    `it means type=${type}, which is not supported`,
    `Write type=oci,dest=${spec} for an image.`,
  );
}

function invalid(spec: string, problem: string, hint = "Write type=oci,dest=PATH."): Error {
  return buildError("OPTION_INVALID", {
    message: `--output ${spec}: ${problem}`,
    data: { option: "--output", value: spec },
    hint,
  });
}

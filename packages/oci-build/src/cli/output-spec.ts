import type { Writable } from "node:stream";
import { buildError } from "../errors.js";
import type { BuildOutput } from "../options/build-options.js";
import { splitCsv } from "./split-csv.js";

const KNOWN_KEYS: ReadonlySet<string> = new Set(["type", "dest", "tar"]);

/** The output that `type=oci,dest=PATH[,tar=false]` means; undefined when it leaves the name to the default.
 * `dest=-` is the given stream.
 * @throws OciBuildError OPTION_INVALID */
export function parseOutput(spec: string, stdout: Writable): BuildOutput | undefined {
  const fields = new Map(splitCsv(spec).map((field) => keyValue(field, spec)));
  for (const key of fields.keys()) {
    if (!KNOWN_KEYS.has(key)) throw invalid(spec, `the output option ${key} is not known`);
  }
  const type = fields.get("type");
  if (type !== "oci") throw invalid(spec, `the output type ${type ?? "local"} is not supported`);
  const dest = fields.get("dest");
  const tar = fields.get("tar") ?? "true";
  if (!/^(true|false|1|0)$/.test(tar)) throw invalid(spec, `tar is true or false, not ${tar}`);
  const isTar = tar === "true" || tar === "1";
  if (dest === undefined || dest === "") {
    if (!isTar) throw invalid(spec, "a folder needs a dest");
    return undefined;
  }
  if (dest !== "-") return { type: "oci", dest, tar: isTar };
  if (!isTar) throw invalid(spec, "a folder cannot go to standard output");
  return { type: "oci", dest: stdout };
}

function keyValue(field: string, spec: string): [string, string] {
  const equals = field.indexOf("=");
  if (equals >= 0) return [field.slice(0, equals).trim().toLowerCase(), field.slice(equals + 1)];
  throw invalid(spec, `not key=value: ${field}`);
}

function invalid(spec: string, problem: string): Error {
  return buildError("OPTION_INVALID", {
    message: `--output ${spec}: ${problem}`,
    data: { option: "--output", value: spec },
    hint: "Write type=oci,dest=PATH.",
  });
}

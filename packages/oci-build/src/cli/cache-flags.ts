import type { CacheExportOption, CacheImportOption } from "../options/cache-options.js";
import { optionInvalid } from "../options/option-invalid.js";
import type { BuildFlags } from "./build-flags.js";
import { readBoolean } from "./read-boolean.js";
import { splitCsv } from "./split-csv.js";

type CacheFlag = "--cache-to" | "--cache-from";

const KEYS: Readonly<Record<CacheFlag, readonly string[]>> = {
  "--cache-to": ["dest", "mounts", "mode", "reset", "ignore-error"],
  "--cache-from": ["src"],
};

const HINTS: Readonly<Record<CacheFlag, string>> = {
  "--cache-to": "Write --cache-to type=local,dest=FOLDER.",
  "--cache-from": "Write --cache-from type=local,src=FOLDER.",
};

/** What flags say of shared caches, in the words of buildx.
 * @throws OciBuildError OPTION_INVALID */
export function cacheFlags({ cacheTo = [], cacheFrom = [] }: Pick<BuildFlags, "cacheTo" | "cacheFrom">): {
  readonly cacheTo: readonly CacheExportOption[];
  readonly cacheFrom: readonly CacheImportOption[];
} {
  return { cacheTo: cacheTo.map(parseExport), cacheFrom: cacheFrom.map(parseImport) };
}

function parseExport(text: string): CacheExportOption {
  const fields = readFields("--cache-to", text);
  const mode = fields.get("mode");
  if (mode !== undefined && mode !== "min" && mode !== "max") {
    throw invalid("--cache-to", text, `the mode ${mode} is neither min nor max`);
  }
  const flag = (key: string): boolean | undefined => {
    const value = fields.get(key);
    const read = value === undefined ? undefined : readBoolean(value);
    if (value === undefined || read !== undefined) return read;
    throw invalid("--cache-to", text, `${key} is true or false, not ${value}`);
  };
  return {
    ...{ type: "local", dest: required("--cache-to", text, fields.get("dest"), "dest"), mode },
    ...{ mounts: flag("mounts"), reset: flag("reset"), ignoreError: flag("ignore-error") },
  };
}

function parseImport(text: string): CacheImportOption {
  const fields = readFields("--cache-from", text);
  return { type: "local", src: required("--cache-from", text, fields.get("src"), "src") };
}

function required(option: CacheFlag, text: string, value: string | undefined, key: string): string {
  if (value !== undefined) return value;
  throw invalid(option, text, `it names no ${key}`);
}

/** Fields with a value; an empty one is as good as none. */
function readFields(option: CacheFlag, text: string): ReadonlyMap<string, string> {
  const parts = splitCsv(text);
  if (parts === undefined) throw invalid(option, text, "a quote stands inside a field");
  const [first = ""] = parts;
  if (parts.length === 1 && !first.includes("=")) throw unknownType(option, text, "registry");
  const fields = new Map(parts.map((part) => keyValue(option, text, part)));
  const type = fields.get("type");
  if (type === undefined || type === "") throw invalid(option, text, "it names no type");
  if (type !== "local") throw unknownType(option, text, type);
  for (const key of fields.keys()) {
    if (key === "type" || KEYS[option].includes(key)) continue;
    throw invalid(option, text, `${key} is not known; type=local knows ${KEYS[option].join(", ")}`);
  }
  return new Map([...fields].filter(([, value]) => value !== ""));
}

function keyValue(option: CacheFlag, text: string, part: string): [string, string] {
  const equals = part.indexOf("=");
  if (equals >= 0) return [part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1)];
  throw invalid(option, text, `not key=value: ${part}`);
}

/** Buildx's short form, a name alone, means a registry. */
function unknownType(option: CacheFlag, text: string, type: string): Error {
  return invalid(option, text, `caches of type=${type} are not supported, only those of type=local are`);
}

function invalid(option: CacheFlag, text: string, problem: string): Error {
  return optionInvalid(option, text, problem, HINTS[option]);
}

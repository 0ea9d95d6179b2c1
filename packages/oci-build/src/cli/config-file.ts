import { isUtf8 } from "node:buffer";
import fs from "node:fs";
import path from "node:path";
import { nearest } from "@oci-build/dockerfile";
import { buildError } from "../errors.js";
import { readSmallFile } from "../input/read-small-file.js";
import { compressionTypes } from "../options/compression.js";
import { executorChoices, runNetworks } from "../options/run-choices.js";
import type { BuildFlags } from "./build-flags.js";
import { progressModes } from "./progress/progress-mode.js";
import { registryTables, wrongRegistryKey } from "./registry-tables.js";
import { formatCsv, splitCsv } from "./split-csv.js";
import { findTomlKey } from "./toml-place.js";

const CONFIG_FILE_NAME = "oci-build.toml";
/** Far more than a list of options needs. */
const CONFIG_FILE_MAX_BYTES = 1024 * 1024;

/** How each key of the file becomes a flag. Values of the kind `path` are relative to the file's folder. */
const KEYS = {
  file: { flag: "file", kind: "path" },
  tag: { flag: "tag", kind: "list" },
  target: { flag: "target", kind: "text" },
  "build-arg": { flag: "buildArg", kind: "pairs" },
  label: { flag: "label", kind: "pairs" },
  "build-context": { flag: "buildContext", kind: "contexts" },
  pull: { flag: "pull", kind: "boolean" },
  offline: { flag: "offline", kind: "boolean" },
  locked: { flag: "locked", kind: "boolean" },
  "no-lock": { flag: "lock", kind: "negated" },
  "insecure-registry": { flag: "insecureRegistry", kind: "list" },
  "registry-mirror": { flag: "registryMirror", kind: "pairs" },
  registry: { flag: "registry", kind: "registries" },
  output: { flag: "output", kind: "output" },
  push: { flag: "push", kind: "boolean" },
  load: { flag: "load", kind: "boolean" },
  compression: { flag: "compression", kind: "compression" },
  "compression-level": { flag: "compressionLevel", kind: "number" },
  "no-cache": { flag: "cache", kind: "negated" },
  verify: { flag: "verify", kind: "boolean" },
  "trust-stat": { flag: "trustStat", kind: "boolean" },
  explain: { flag: "explain", kind: "boolean" },
  "fail-on-cache-miss": { flag: "failOnCacheMiss", kind: "stage" },
  network: { flag: "network", kind: "network" },
  "add-host": { flag: "addHost", kind: "pairs" },
  "shm-size": { flag: "shmSize", kind: "text" },
  ulimit: { flag: "ulimit", kind: "pairs" },
  executor: { flag: "executor", kind: "executor" },
  "run-timeout": { flag: "runTimeout", kind: "text" },
  platform: { flag: "platform", kind: "list" },
  progress: { flag: "progress", kind: "progress" },
  quiet: { flag: "quiet", kind: "boolean" },
  iidfile: { flag: "iidfile", kind: "path" },
  "metadata-file": { flag: "metadataFile", kind: "path" },
  "cache-dir": { flag: "cacheDir", kind: "path" },
} as const satisfies Record<string, { flag: keyof BuildFlags; kind: string }>;

/** Leave that only who starts the build can give: the file may come with sources that are not to be trusted. */
const COMMAND_LINE_ONLY: ReadonlySet<string> = new Set(["secret", "ssh", "allow", "cache-from", "cache-to"]);

type Kind = (typeof KEYS)[keyof typeof KEYS]["kind"];

/** The defaults that `oci-build.toml` in a folder gives; none when there is no such file.
 * @throws OciBuildError CONFIG_FILE_INVALID at its line and column, BUILD_FILE_UNREADABLE */
export async function readConfigFile(folder: string): Promise<BuildFlags> {
  const file = path.join(folder, CONFIG_FILE_NAME);
  const text = readIfThere(file);
  if (text === undefined) return {};
  const entries = Object.entries(await parseToml(text, file));
  return Object.fromEntries(entries.map(([key, value]) => flagOf(key, value, { file, text, folder })));
}

interface Source {
  readonly file: string;
  readonly text: string;
  readonly folder: string;
}

/** The file's text without a byte order mark. */
function readIfThere(file: string): string | undefined {
  const bytes = readSmallFile(fs, file, CONFIG_FILE_MAX_BYTES);
  if (bytes === undefined) return undefined;
  if (bytes.length > CONFIG_FILE_MAX_BYTES) {
    throw invalid(file, { line: 1, column: 1 }, `the file has more than ${CONFIG_FILE_MAX_BYTES} bytes`);
  }
  const text = bytes.toString("utf8");
  if (isUtf8(bytes)) return text.replace(/^\ufeff/, "");
  const before = text.slice(0, text.indexOf("\ufffd")).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  throw invalid(file, { line: before.length, column }, "not UTF-8 text");
}

/** Loaded only when there is a file to read. */
async function parseToml(text: string, file: string): Promise<Record<string, unknown>> {
  const { default: toml } = await import("@iarna/toml");
  try {
    return toml.parse(text);
  } catch (error) {
    // Its positions count from 0.
    const { line = 0, col = 0 } = error as { line?: number; col?: number };
    const [message = ""] = (error as Error).message.split(" at row ");
    throw invalid(file, { line: line + 1, column: col + 1 }, message);
  }
}

function flagOf(key: string, value: unknown, source: Source): [string, unknown] {
  if (COMMAND_LINE_ONLY.has(key)) {
    throw mistake(source, [key], `${key} is not read from a file; give --${key} on the command line`);
  }
  if (!Object.hasOwn(KEYS, key)) {
    const near = nearest(key, Object.keys(KEYS));
    throw mistake(
      source,
      [key],
      `there is no option ${key}${near === undefined ? "" : `; did you mean ${near}?`}`,
    );
  }
  const { flag, kind } = KEYS[key as keyof typeof KEYS];
  const converted = convert(kind, value, source.folder);
  if (converted === undefined) {
    throw mistake(source, [key, ...wrongItem(kind, value)], `${key} must be ${EXPECTED[kind]}`);
  }
  return [flag, converted];
}

const EXPECTED: Record<Kind, string> = {
  path: "a path",
  text: "a text",
  list: "a text or a list of texts",
  pairs: "a table of texts or a list of name=value",
  contexts: "a table of texts or a list of name=value",
  registries: 'tables such as [registry."localhost:5000"] with insecure, mirrors, ca, and cert with its key',
  output: "a text such as type=oci,dest=app.tar, or a list of them",
  compression: `one of ${compressionTypes.join(", ")}`,
  number: "a whole number",
  network: `one of ${runNetworks.join(", ")}`,
  executor: `one of ${executorChoices.join(", ")}`,
  boolean: "true or false",
  negated: "true or false",
  progress: `one of ${progressModes.join(", ")}`,
  stage: "true, false or the name of a stage",
};

/** The flag's value, or undefined when the file's value does not fit. */
function convert(kind: Kind, value: unknown, folder: string): unknown {
  switch (kind) {
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "negated":
      return typeof value === "boolean" ? !value : undefined;
    case "list":
      return typeof value === "string" ? [value] : textList(value);
    case "pairs":
      return textList(value) ?? pairList(value);
    case "contexts":
      return (textList(value) ?? pairList(value))?.map((pair) => resolveContext(pair, folder));
    case "path":
      return typeof value === "string" ? path.resolve(folder, value) : undefined;
    case "compression":
      return compressionTypes.find((type) => type === value);
    case "network":
      return runNetworks.find((network) => network === value);
    case "executor":
      return executorChoices.find((executor) => executor === value);
    case "number":
      return Number.isSafeInteger(value) ? String(value) : undefined;
    case "stage":
      return typeof value === "boolean"
        ? value
          ? "*"
          : false
        : typeof value === "string"
          ? value
          : undefined;
    case "progress":
      return progressModes.find((mode) => mode === value);
    case "registries":
      return registryTables(value, folder);
    case "output":
      return (typeof value === "string" ? [value] : textList(value))?.map((spec) =>
        resolveDest(spec, folder),
      );
    case "text":
      return typeof value === "string" ? value : undefined;
  }
}

function textList(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every((item) => typeof item === "string") ? (value as string[]) : undefined;
}

function pairList(value: unknown): readonly string[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const pairs = Object.entries(value);
  if (!pairs.every(([, text]) => typeof text === "string")) return undefined;
  return pairs.map(([name, text]) => `${name}=${String(text)}`);
}

/** The first item of a table whose value is no text. */
function wrongItem(kind: Kind, value: unknown): readonly string[] {
  if (kind === "registries") return wrongRegistryKey(value);
  if (
    (kind !== "pairs" && kind !== "contexts") ||
    typeof value !== "object" ||
    value === null ||
    Array.isArray(value)
  )
    return [];
  return Object.entries(value)
    .filter(([, text]) => typeof text !== "string")
    .slice(0, 1)
    .map(([name]) => name);
}

/** A context with its path relative to the file's folder. */
function resolveContext(pair: string, folder: string): string {
  const [, start = "", place = ""] =
    /^([^=]*=(?:(?:oci-layout|oci-archive|docker-archive):\/\/)?)(.*)$/s.exec(pair) ?? [];
  const isPath = start !== "" && !/^[a-z][a-z0-9+-]*:\/\//.test(place);
  return isPath ? start + path.resolve(folder, place) : pair;
}

/** The output with its `dest` relative to the file's folder; as it is when it cannot be read, for its reader to tell. */
function resolveDest(spec: string, folder: string): string {
  const fields = splitCsv(spec) ?? [];
  const resolved = fields.map((field) => {
    const dest = /^dest=(.+)$/s.exec(field)?.[1];
    return dest === undefined || dest === "-" ? field : `dest=${path.resolve(folder, dest)}`;
  });
  return fields.length === 0 ? spec : formatCsv(resolved);
}

function mistake({ file, text }: Source, keys: readonly string[], message: string): Error {
  return invalid(file, findTomlKey(text, keys), message, keys[0]);
}

function invalid(
  file: string,
  { line, column }: { line: number; column: number },
  message: string,
  key?: string,
): Error {
  return buildError("CONFIG_FILE_INVALID", {
    message: `${file}:${line}:${column}: ${message}`,
    data: { path: file, line, column, key },
  });
}

import path from "node:path";
import { compressionTypes } from "../options/compression.js";
import { executorChoices, runNetworks } from "../options/run-choices.js";
import type { ConfigKind } from "./config-keys.js";
import { outputFields } from "./output-fields.js";
import { progressModes } from "./progress/progress-mode.js";
import { registryTables, wrongRegistryKey } from "./registry-tables.js";
import { formatCsv } from "./split-csv.js";

/** The flag's value, or undefined when the file's value does not fit. */
export function configValue(kind: ConfigKind, value: unknown, folder: string): unknown {
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
export function wrongItem(kind: ConfigKind, value: unknown): readonly string[] {
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
  const fields = outputFields(spec) ?? [];
  const resolved = fields.map((field) => {
    const dest = /^dest=(.+)$/s.exec(field)?.[1];
    return dest === undefined || dest === "-" ? field : `dest=${path.resolve(folder, dest)}`;
  });
  return fields.length === 0 ? spec : formatCsv(resolved);
}

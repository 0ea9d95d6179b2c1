import fs from "node:fs";
import path from "node:path";
import { nearest } from "@oci-build/dockerfile";
import { buildError } from "../errors.js";
import { type BuildFlags, progressModes } from "./parse-arguments.js";

const CONFIG_FILE_NAME = "oci-build.toml";

/** How each key of the file becomes a flag. Values of the kind `path` are relative to the file's folder. */
const KEYS = {
  file: { flag: "file", kind: "path" },
  tag: { flag: "tag", kind: "list" },
  target: { flag: "target", kind: "text" },
  "build-arg": { flag: "buildArg", kind: "pairs" },
  label: { flag: "label", kind: "pairs" },
  output: { flag: "output", kind: "output" },
  "no-cache": { flag: "cache", kind: "negated" },
  platform: { flag: "platform", kind: "text" },
  progress: { flag: "progress", kind: "progress" },
  quiet: { flag: "quiet", kind: "boolean" },
  iidfile: { flag: "iidfile", kind: "path" },
  "metadata-file": { flag: "metadataFile", kind: "path" },
  "cache-dir": { flag: "cacheDir", kind: "path" },
} as const satisfies Record<string, { flag: keyof BuildFlags; kind: string }>;

type Kind = (typeof KEYS)[keyof typeof KEYS]["kind"];

/** The defaults that `oci-build.toml` in a folder gives; none when there is no such file.
 * @throws OciBuildError CONFIG_FILE_INVALID at its line and column */
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

function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
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
  if (!Object.hasOwn(KEYS, key)) {
    const near = nearest(key, Object.keys(KEYS));
    throw mistake(
      source,
      key,
      `there is no option ${key}${near === undefined ? "" : `; did you mean ${near}?`}`,
    );
  }
  const { flag, kind } = KEYS[key as keyof typeof KEYS];
  const converted = convert(kind, value, source.folder);
  if (converted === undefined) throw mistake(source, key, `${key} must be ${EXPECTED[kind]}`);
  return [flag, converted];
}

const EXPECTED: Record<Kind, string> = {
  path: "a path",
  text: "a text",
  list: "a text or a list of texts",
  pairs: "a table of texts or a list of name=value",
  output: "a text such as type=oci,dest=app.tar",
  boolean: "true or false",
  negated: "true or false",
  progress: `one of ${progressModes.join(", ")}`,
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
    case "path":
      return typeof value === "string" ? path.resolve(folder, value) : undefined;
    case "progress":
      return progressModes.find((mode) => mode === value);
    case "output":
      return typeof value === "string" ? resolveDest(value, folder) : undefined;
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

function resolveDest(spec: string, folder: string): string {
  return spec.replace(/(^|,)dest=(?!-(?:,|$))([^,"]+)/, (_, before: string, dest: string) => {
    return `${before}dest=${path.resolve(folder, dest)}`;
  });
}

/** Where a key stands; the first line if it cannot be found, as for a key of a nested table. */
function mistake({ file, text }: Source, key: string, message: string): Error {
  const pattern = new RegExp(`^[ \\t]*\\[?[ \\t]*["']?(${escapeRegExp(key)})["']?[ \\t]*(?:=|\\]|\\.)`, "m");
  const match = pattern.exec(text);
  const offset = match === null ? 0 : match.index + match[0].indexOf(match[1] ?? "");
  const before = text.slice(0, offset).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  return invalid(file, { line: before.length, column }, message, key);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
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

import { isUtf8 } from "node:buffer";
import fs from "node:fs";
import path from "node:path";
import { nearest } from "@oci-build/dockerfile";
import { buildError } from "../errors.js";
import { readFoundFile } from "../input/read-small-file.js";
import type { BuildFlags } from "./build-flags.js";
import { commandLineOnly, configKeys, expectedValues } from "./config-keys.js";
import { configValue, wrongItem } from "./config-value.js";
import { findTomlKey } from "./toml-place.js";

const CONFIG_FILE_NAME = "oci-build.toml";
/** Far more than a list of options needs. */
const CONFIG_FILE_MAX_BYTES = 1024 * 1024;

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
  const bytes = readFoundFile(fs, file, CONFIG_FILE_MAX_BYTES);
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
  if (commandLineOnly.has(key)) {
    throw mistake(source, [key], `${key} is not read from a file; give --${key} on the command line`);
  }
  const known = configKeys.get(key);
  if (known === undefined) {
    const near = nearest(key, [...configKeys.keys()]);
    const advice = near === undefined ? "" : `; did you mean ${near}?`;
    throw mistake(source, [key], `there is no option ${key}${advice}`);
  }
  const { flag, kind } = known;
  const converted = configValue(kind, value, source.folder);
  if (converted === undefined) {
    throw mistake(source, [key, ...wrongItem(kind, value)], `${key} must be ${expectedValues[kind]}`);
  }
  return [flag, converted];
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

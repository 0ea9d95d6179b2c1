import fs from "node:fs";
import path from "node:path";
import type { RegistrySettings } from "@oci-build/registry";
import { buildError } from "../errors.js";
import { readSmallFile } from "../input/read-small-file.js";

/** Room for a few hundred certificates. */
const PEM_MAX_BYTES = 1024 * 1024;

/** What `[registry."HOST"]` of the configuration file says; `ca`, `cert` and `key` are absolute paths of PEM files. */
export interface RegistryTable {
  readonly insecure?: boolean | undefined;
  readonly mirrors?: readonly string[] | undefined;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

type Tables = Readonly<Record<string, RegistryTable>>;
type Json = Readonly<Record<string, unknown>>;

const PATHS: ReadonlySet<string> = new Set(["ca", "cert", "key"]);

/** The tables of a file, by registry; paths are relative to its folder. Undefined where something does not fit:
 * `wrongRegistryKey` tells what. */
export function registryTables(value: unknown, folder: string): Tables | undefined {
  if (!isTable(value) || wrongRegistryKey(value).length > 0) return undefined;
  const tables = Object.entries(value).map(([registry, table]): [string, RegistryTable] => [
    registry,
    isTable(table) ? withPaths(table, folder) : {},
  ]);
  return Object.fromEntries(tables);
}

function withPaths(table: Json, folder: string): RegistryTable {
  const entries = Object.entries(table).map(([key, value]) => [
    key,
    PATHS.has(key) && typeof value === "string" ? path.resolve(folder, value) : value,
  ]);
  return Object.fromEntries(entries) as RegistryTable;
}

/** The keys that lead to the first thing that does not fit; none when all does. */
export function wrongRegistryKey(value: unknown): readonly string[] {
  if (!isTable(value)) return [];
  for (const [registry, table] of Object.entries(value)) {
    if (!isTable(table)) return [registry];
    const wrong = Object.entries(table).find(([key, item]) => !fits(key, item));
    if (wrong !== undefined) return [registry, wrong[0]];
    // Neither is of use without the other.
    const lonely = ["cert", "key"].filter((key) => Object.hasOwn(table, key));
    if (lonely.length === 1) return [registry, ...lonely];
  }
  return [];
}

function fits(key: string, value: unknown): boolean {
  if (PATHS.has(key)) return typeof value === "string" && value !== "";
  if (key === "insecure") return typeof value === "boolean";
  return key === "mirrors" && Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isTable(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The settings that tables describe, with their files read.
 * @throws OciBuildError OPTION_INVALID, BUILD_FILE_UNREADABLE */
export function registrySettings(tables: Tables): Readonly<Record<string, RegistrySettings>> {
  const settings = Object.entries(tables).map(([registry, table]): [string, RegistrySettings] => {
    const { insecure, mirrors, ca, cert, key } = table;
    const pem = (name: "ca" | "cert" | "key", file: string): string => readPem(file, { registry, name });
    return [
      registry,
      {
        ...{ insecure, mirrors },
        ca: ca === undefined ? undefined : pem("ca", ca),
        clientCertificate:
          cert === undefined || key === undefined
            ? undefined
            : { cert: pem("cert", cert), key: pem("key", key) },
      },
    ];
  });
  return Object.fromEntries(settings);
}

function readPem(
  file: string,
  { registry, name }: { readonly registry: string; readonly name: string },
): string {
  const bytes = readSmallFile(fs, file, PEM_MAX_BYTES);
  if (bytes !== undefined && bytes.length <= PEM_MAX_BYTES) return bytes.toString("utf8");
  const problem = bytes === undefined ? "there is no such file" : `it has more than ${PEM_MAX_BYTES} bytes`;
  throw buildError("OPTION_INVALID", {
    message: `${name} of the registry ${registry}: ${file}: ${problem}`,
    data: { option: `registry.${name}`, value: file },
  });
}

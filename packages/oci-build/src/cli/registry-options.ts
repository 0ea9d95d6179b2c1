import path from "node:path";
import { buildError } from "../errors.js";
import type { BuildOptions } from "../options/build-options.js";
import { registryMirrors } from "./registry-mirrors.js";
import { type RegistryTable, registrySettings } from "./registry-tables.js";

/** How registries are spoken with, as a command line or the configuration file says it. */
export interface RegistryFlags {
  readonly insecureRegistry?: readonly string[] | undefined;
  readonly registryMirror?: readonly string[] | undefined;
  readonly registryCa?: readonly string[] | undefined;
  /** Of the configuration file alone. */
  readonly registry?: Readonly<Record<string, RegistryTable>> | undefined;
}

/** What the flags say of registries, as options.
 * @throws OciBuildError OPTION_INVALID, BUILD_FILE_UNREADABLE */
export function registryOptions({
  insecureRegistry,
  registryMirror = [],
  registryCa = [],
  registry,
}: RegistryFlags): Pick<BuildOptions, "insecureRegistries" | "registry" | "registryMirrors"> {
  const tables = withAuthorities(registry ?? {}, registryCa);
  return {
    insecureRegistries: insecureRegistry,
    registryMirrors: registryMirrors(registryMirror),
    registry: Object.keys(tables).length === 0 ? undefined : { settings: registrySettings(tables) },
  };
}

/** The tables with the authorities of `--registry-ca host=file`, which win. */
function withAuthorities(
  tables: Readonly<Record<string, RegistryTable>>,
  given: readonly string[],
): Readonly<Record<string, RegistryTable>> {
  const all = new Map(Object.entries(tables));
  for (const text of given) {
    const [, registry = "", file = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    if (registry === "" || file === "") throw notAnAuthority(text);
    all.set(registry, { ...all.get(registry), ca: path.resolve(file) });
  }
  return Object.fromEntries(all);
}

function notAnAuthority(text: string): Error {
  return buildError("OPTION_INVALID", {
    message: `--registry-ca ${text}: an authority is given as host=file`,
    data: { option: "--registry-ca", value: text },
    hint: "Write --registry-ca HOST[:PORT]=ca.pem.",
  });
}

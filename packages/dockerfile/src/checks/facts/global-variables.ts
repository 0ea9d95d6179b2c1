import type { ParsedDockerfile } from "../../parse-dockerfile.js";
import type { NormalPlatform } from "../../values/normalize-platform.js";
import type { CheckOptions } from "../check-options.js";
import type { WordExpander } from "./word-expander.js";

/** What FROM sees. */
export interface GlobalVariables {
  readonly values: ReadonlyMap<string, string>;
  /** The names of the ARGs before the first FROM, with or without a value. */
  readonly declared: ReadonlySet<string>;
}

export interface GlobalSource {
  readonly parsed: ParsedDockerfile;
  readonly options: CheckOptions;
  readonly expander: WordExpander;
  readonly target: NormalPlatform;
  readonly build: NormalPlatform;
  /** Without, the defaults of the ARGs count alone. */
  readonly buildArgs: ReadonlyMap<string, string>;
}

/** The platform arguments, TARGETSTAGE, and the ARGs before the first FROM, each of which sees the ones above. */
export function globalVariables(source: GlobalSource): GlobalVariables {
  const { parsed, options, expander, buildArgs } = source;
  const values = new Map([
    ...platformArgs("BUILD", source.build),
    ...platformArgs("TARGET", source.target),
    ["TARGETSTAGE", options.target ?? parsed.stages.stages.at(-1)?.name ?? ""] as const,
  ]);
  const declared = new Set<string>();
  for (const name of values.keys()) values.set(name, buildArgs.get(name) ?? values.get(name) ?? "");
  for (const arg of parsed.stages.globalArgs.flatMap(({ args }) => args)) {
    const name = arg.name.text;
    declared.add(name);
    const value =
      buildArgs.get(name) ??
      (arg.default === undefined ? undefined : expander.expand(arg.default, values).value);
    if (value !== undefined) values.set(name, value);
  }
  return { values, declared };
}

/** `linux/arm/v7`, `windows(10.0.17763)/amd64` */
export function formatPlatform({ os, architecture, variant, osVersion }: NormalPlatform): string {
  const system = osVersion === undefined ? os : `${os}(${osVersion})`;
  return [system, architecture, ...(variant === undefined ? [] : [variant])].join("/");
}

function platformArgs(
  prefix: "BUILD" | "TARGET",
  platform: NormalPlatform,
): readonly (readonly [string, string])[] {
  return Object.entries({
    PLATFORM: formatPlatform(platform),
    OS: platform.os,
    OSVERSION: platform.osVersion ?? "",
    ARCH: platform.architecture,
    VARIANT: platform.variant ?? "",
  }).map(([name, value]) => [prefix + name, value]);
}

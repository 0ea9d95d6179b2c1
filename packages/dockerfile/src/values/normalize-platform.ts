import { parsePlatform } from "./parse-platform.js";

/** A platform with its names normalised. */
export interface NormalPlatform {
  readonly os: string;
  readonly architecture: string;
  /** Absent where the architecture alone says it: `v8` of arm64, `v1` of amd64. That of arm is always there. */
  readonly variant?: string | undefined;
  readonly osVersion?: string | undefined;
}

/** What is meant where nobody says more. */
export const defaultPlatform: NormalPlatform = { os: "linux", architecture: "amd64" };

const knownSystems: ReadonlySet<string> = new Set(
  (
    "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 " +
    "windows zos"
  ).split(" "),
);

const knownArchitectures: ReadonlySet<string> = new Set(
  (
    "386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc " +
    "ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm"
  ).split(" "),
);

/** What other names of architectures stand for; a variant beside `armhf` and `armel` means nothing. */
const architectureAliases: ReadonlyMap<string, Pick<NormalPlatform, "architecture" | "variant">> = new Map([
  ["i386", { architecture: "386" }],
  ["x86_64", { architecture: "amd64" }],
  ["x86-64", { architecture: "amd64" }],
  ["aarch64", { architecture: "arm64" }],
  ["armhf", { architecture: "arm", variant: "v7" }],
  ["armel", { architecture: "arm", variant: "v6" }],
]);

/** Whether Go, and so containerd, knows an operating system by this name. */
export function isKnownSystem(os: string): boolean {
  return knownSystems.has(os);
}

/** The platform that a text means, as BuildKit and containerd read and normalise it: in lower case, `linux/aarch64` is
 * `linux/arm64`, `linux/arm` is `linux/arm/v7`, a single word is a known system or architecture. What is not said comes
 * from `host`, which must be normal itself. undefined for a text that is no platform.
 * @see https://github.com/containerd/platforms/blob/v1.0.0/platforms.go */
export function normalizePlatform(text: string, host: NormalPlatform): NormalPlatform | undefined {
  const spec = parsePlatform(text);
  if (spec === undefined) return undefined;
  const [first = "", second, variant] = spec.parts.map((part) => part.toLowerCase());
  const os = first === "macos" ? "darwin" : first;
  const version = spec.osVersion === undefined || spec.osVersion === "" ? {} : { osVersion: spec.osVersion };
  if (second !== undefined) return { os, ...normalArchitecture(second, variant), ...version };
  if (knownSystems.has(os)) return { ...normalArchitecture(host.architecture, host.variant), os, ...version };
  const only = normalArchitecture(first, undefined);
  return knownArchitectures.has(only.architecture) ? { os: host.os, ...only } : undefined;
}

function normalArchitecture(
  name: string,
  stated: string | undefined,
): Pick<NormalPlatform, "architecture" | "variant"> {
  const alias = architectureAliases.get(name);
  const architecture = alias?.architecture ?? name;
  const variant = alias?.variant ?? (architecture === "386" && alias !== undefined ? undefined : stated);
  const normal = normalVariant(architecture, variant);
  return normal === undefined ? { architecture } : { architecture, variant: normal };
}

function normalVariant(architecture: string, variant: string | undefined): string | undefined {
  switch (architecture) {
    case "amd64":
      return variant === "v1" ? undefined : variant;
    case "arm64":
      return variant === "8" || variant === "v8" ? undefined : variant;
    case "arm":
      return variant === undefined ? "v7" : /^[5-8]$/.test(variant) ? `v${variant}` : variant;
    default:
      return variant;
  }
}

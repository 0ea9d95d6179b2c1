import { parsePlatform } from "../../values/parse-platform.js";

/** A platform with its names normalised. */
export interface NormalPlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

const knownSystems: ReadonlySet<string> = new Set([
  ..."aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris".split(
    " ",
  ),
  ..."wasip1 windows zos".split(" "),
]);

const knownArchitectures: ReadonlySet<string> = new Set([
  ..."386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32".split(" "),
  ..."mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm".split(" "),
]);

/** Other names of architectures, as containerd has them. */
const architectureAliases: ReadonlyMap<string, string> = new Map([
  ["i386", "386"],
  ["x86_64", "amd64"],
  ["x86-64", "amd64"],
  ["aarch64", "arm64"],
  ["armhf", "arm"],
  ["armel", "arm"],
]);

/** The platform that a text means, as containerd reads it: `linux/aarch64` is `linux/arm64`, a single word is a system
 * or an architecture, and what is not said comes from `host`. undefined for a text that is no platform. */
export function normalPlatform(text: string, host: NormalPlatform): NormalPlatform | undefined {
  const [first = "", second, variant] = parsePlatform(text)?.parts.map((part) => part.toLowerCase()) ?? [];
  if (first === "") return undefined;
  const os = first === "macos" ? "darwin" : first;
  if (second !== undefined) return { os, architecture: normalArchitecture(second), variant };
  if (knownSystems.has(os)) return { ...host, os };
  const architecture = normalArchitecture(first);
  return knownArchitectures.has(architecture) ? { os: host.os, architecture } : undefined;
}

function normalArchitecture(name: string): string {
  return architectureAliases.get(name) ?? name;
}

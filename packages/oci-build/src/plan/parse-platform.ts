import type { Platform } from "@oci-build/oci";
import { buildError } from "../errors.js";

/** Names that other tools use for Go's architectures, with the variant that they imply.
 * @see https://github.com/containerd/platforms/blob/v1.0.0/database.go */
const ARCHITECTURES: ReadonlyMap<string, { readonly architecture: string; readonly variant?: string }> =
  new Map([
    ["i386", { architecture: "386" }],
    ["x86_64", { architecture: "amd64" }],
    ["x86-64", { architecture: "amd64" }],
    ["aarch64", { architecture: "arm64" }],
    ["armhf", { architecture: "arm", variant: "v7" }],
    ["armel", { architecture: "arm", variant: "v6" }],
  ]);

const NODE_ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ["x64", "amd64"],
  ["ia32", "386"],
  ["ppc64", "ppc64le"],
  ["loong64", "loong64"],
  ["mipsel", "mipsle"],
]);

const KNOWN_OS: ReadonlySet<string> = new Set([
  "aix",
  "android",
  "darwin",
  "dragonfly",
  "freebsd",
  "illumos",
  "js",
  "linux",
  "netbsd",
  "openbsd",
  "plan9",
  "solaris",
  "wasip1",
  "windows",
]);

const PART = /^[A-Za-z0-9_.-]+$/;

/** The platform that `os[/architecture[/variant]]` or an architecture alone means; what is missing is the host's.
 * @throws OciBuildError OPTION_INVALID */
export function parsePlatform(text: string, host: Platform): Platform {
  const parts = text.split("/").map((part) => part.toLowerCase());
  const [first = "", second, third] = parts;
  if (parts.length > 3 || !parts.every((part) => PART.test(part))) throw invalid(text);
  if (KNOWN_OS.has(first)) return normalize(first, second ?? host.architecture, third);
  if (parts.length > 2 || !isArchitecture(first)) throw invalid(text);
  return normalize("linux", first, second);
}

/** Linux on this machine's architecture: what containers run on, also where the machine runs something else. */
export function hostPlatform(architecture: string): Platform {
  return normalize("linux", NODE_ARCHITECTURES.get(architecture) ?? architecture, undefined);
}

/** As containerd has it: the variant that an architecture has anyway is not named, but arm's, which is v7, is. */
function normalize(os: string, named: string, stated: string | undefined): Platform {
  const known = ARCHITECTURES.get(named);
  const architecture = known?.architecture ?? named;
  const variant = normalVariant(architecture, stated ?? known?.variant);
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}

function normalVariant(architecture: string, variant: string | undefined): string | undefined {
  const name = variant !== undefined && /^\d+$/.test(variant) ? `v${variant}` : variant;
  if (architecture === "arm64") return name === "v8" ? undefined : name;
  if (architecture === "amd64") return name === "v1" ? undefined : name;
  return architecture === "arm" ? (name ?? "v7") : name;
}

function isArchitecture(name: string): boolean {
  return (
    ARCHITECTURES.has(name) ||
    /^(386|amd64|arm|arm64|loong64|mips\w*|ppc64\w*|riscv64|s390x|wasm)$/.test(name)
  );
}

function invalid(text: string): Error {
  return buildError("OPTION_INVALID", {
    message: `not a platform: ${JSON.stringify(text)}`,
    data: { option: "--platform", value: text },
    hint: "Write os/architecture[/variant], such as linux/amd64.",
  });
}

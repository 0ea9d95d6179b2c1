import { isKnownSystem, type NormalPlatform, normalizePlatform } from "@oci-build/dockerfile";
import type { Platform } from "@oci-build/oci";
import { buildError } from "../errors.js";

const NODE_ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ["x64", "amd64"],
  ["ia32", "386"],
  ["ppc64", "ppc64le"],
  ["loong64", "loong64"],
  ["mipsel", "mipsle"],
]);

/** The platform that `os[(version)][/architecture[/variant]]` or an architecture alone means, as containerd normalises
 * it; what is missing is the host's.
 * Differs: containerd takes any word for a system; one that is not known is refused.
 * @throws OciBuildError OPTION_INVALID */
export function parsePlatform(text: string, host: Platform): Platform {
  const platform = normalizePlatform(text, host);
  if (platform === undefined || !isKnownSystem(platform.os)) throw invalid(text);
  return toPlatform(platform);
}

/** Linux on this machine's architecture: what containers run on, also where the machine runs something else. */
export function hostPlatform(architecture: string): Platform {
  const host = { os: "linux", architecture: NODE_ARCHITECTURES.get(architecture) ?? architecture };
  return toPlatform(normalizePlatform(`linux/${host.architecture}`, host) ?? host);
}

function toPlatform({ os, architecture, variant, osVersion }: NormalPlatform): Platform {
  return {
    os,
    architecture,
    ...(variant === undefined ? {} : { variant }),
    ...(osVersion === undefined ? {} : { "os.version": osVersion }),
  };
}

function invalid(text: string): Error {
  return buildError("OPTION_INVALID", {
    message: `not a platform: ${JSON.stringify(text)}`,
    data: { option: "--platform", value: text },
    hint: "Write os/architecture[/variant], such as linux/amd64.",
  });
}

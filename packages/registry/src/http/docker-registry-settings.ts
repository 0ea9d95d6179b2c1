import os from "node:os";
import path from "node:path";
import type { RegistrySettings } from "../client/registry-client.js";
import { isInNetwork } from "./network.js";
import { type HostCertificates, readCertificates } from "./read-certificates.js";

/** What is set for registries, and where to look for more. */
export interface DockerSettingsOptions {
  /** The user's folder. Default: the system's word. */
  readonly home?: string | undefined;
  /** Registries that need not speak https: `host`, `host:port`, or a network of addresses, `10.0.0.0/8`. */
  readonly insecureRegistries?: readonly string[] | undefined;
  /** Mirrors by registry, as in `Reference.registry`. */
  readonly mirrors?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Folders of certificates, the first that knows a host counts. Default: `certs.d` of podman and Docker, the user's
   * before the system's. */
  readonly certificateFolders?: readonly string[] | undefined;
}

/** What may be the name of a folder. */
const HOST_FORM = /^[A-Za-z0-9[][\w.:[\]-]*$/;

/** The settings of registries as Docker's daemon and podman know them: `<folder>/<host>[:port]/` with authorities in
 * `*.crt` and a client certificate in `*.cert` with its `*.key`; besides what is given. Folders are read when a registry
 * is asked for, and not again.
 *
 * What it gives throws REGISTRY_SETTINGS_INVALID for certificates that cannot be read.
 * @see https://docs.docker.com/engine/security/certificates/ */
export function dockerRegistrySettings(
  options: DockerSettingsOptions = {},
): (registry: string) => RegistrySettings {
  const folders = options.certificateFolders ?? defaultFolders(options.home ?? os.homedir());
  const insecure = (options.insecureRegistries ?? []).map((entry) => entry.toLowerCase());
  const known = new Map<string, RegistrySettings>();
  return (registry) => {
    const settings = known.get(registry) ?? {
      ...findCertificates(folders, registry),
      insecure: insecure.some((entry) => names(entry, registry.toLowerCase())),
      mirrors: Object.hasOwn(options.mirrors ?? {}, registry) ? options.mirrors?.[registry] : undefined,
    };
    known.set(registry, settings);
    return settings;
  };
}

function defaultFolders(home: string): readonly string[] {
  return [
    path.join(home, ".config", "containers", "certs.d"),
    path.join(home, ".docker", "certs.d"),
    path.join(home, ".config", "docker", "certs.d"),
    "/etc/containers/certs.d",
    "/etc/docker/certs.d",
  ];
}

/** Hosts also come from redirects, so that their names are looked at before they become part of a path. */
function findCertificates(folders: readonly string[], registry: string): HostCertificates {
  if (!HOST_FORM.test(registry)) return {};
  for (const folder of folders) {
    const found = readCertificates(path.join(folder, folderName(registry)));
    if (found !== undefined) return found;
  }
  return {};
}

/** Windows has no colons in names; Docker leaves them out there. */
function folderName(registry: string): string {
  return process.platform === "win32" ? registry.replaceAll(":", "") : registry;
}

function names(entry: string, registry: string): boolean {
  if (entry === registry) return true;
  return isInNetwork(registry.replace(/^\[(.*)\](?::\d+)?$|:\d+$/, "$1"), entry);
}

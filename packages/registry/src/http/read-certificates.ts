import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { OciBuildError } from "@oci-build/oci";
import type { RegistrySettings } from "../client/registry-client.js";
import { registryError } from "../errors.js";

/** What a folder holds for one host. */
export type HostCertificates = Pick<RegistrySettings, "ca" | "clientCertificate">;

const FILES_MAX = 64;
const FILE_MAX_BYTES = 1024 * 1024;
const ABSENT: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR"]);

/** The certificates in a host's folder: all `*.crt` are authorities; the first `*.cert`, with the `*.key` of its name, is
 * the client's. Undefined when there is no such folder.
 * @throws OciBuildError REGISTRY_SETTINGS_INVALID */
export function readCertificates(folder: string): HostCertificates | undefined {
  const names = list(folder);
  if (names === undefined) return undefined;
  const ofType = (type: string): readonly string[] => names.filter((name) => name.endsWith(type));
  const authorities = ofType(".crt").map((name) => read(path.join(folder, name)));
  const keys = new Set(ofType(".key"));
  const pairs = ofType(".cert").map((name) => ({ cert: name, key: `${name.slice(0, -".cert".length)}.key` }));
  for (const { cert, key } of pairs) {
    if (!keys.delete(key)) throw invalid(path.join(folder, cert), `there is no ${key} beside it`);
  }
  for (const key of keys) throw invalid(path.join(folder, key), "there is no certificate beside it");
  const [first] = pairs;
  return {
    ...(authorities.length === 0 ? {} : { ca: authorities.join("\n") }),
    ...(first === undefined
      ? {}
      : {
          clientCertificate: {
            cert: read(path.join(folder, first.cert)),
            key: read(path.join(folder, first.key)),
          },
        }),
  };
}

function list(folder: string): readonly string[] | undefined {
  const names = attempt(folder, () => readdirSync(folder));
  if (names !== undefined && names.length > FILES_MAX) throw invalid(folder, `more than ${FILES_MAX} files`);
  return names?.sort();
}

function read(file: string): string {
  const text = attempt(file, () => {
    if (statSync(file).size > FILE_MAX_BYTES) throw invalid(file, `more than ${FILE_MAX_BYTES} bytes`);
    return readFileSync(file, "utf8");
  });
  if (text === undefined) throw invalid(file, "ENOENT");
  return text;
}

/** Undefined for what is not there. */
function attempt<T>(file: string, access: () => T): T | undefined {
  try {
    return access();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    if (ABSENT.has(code)) return undefined;
    throw invalid(file, code);
  }
}

function invalid(file: string, problem: string): OciBuildError<"REGISTRY_SETTINGS_INVALID"> {
  return registryError("REGISTRY_SETTINGS_INVALID", {
    message: `${file}: ${problem}`,
    data: { what: file, problem },
  });
}

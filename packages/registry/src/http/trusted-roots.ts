import { readFileSync } from "node:fs";
import tls from "node:tls";

/** Where systems keep the authorities they trust: Debian, Red Hat, SUSE, Alpine and BSD. The first that exists counts.
 * @see https://go.dev/src/crypto/x509/root_linux.go */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g;

/** Node has it from 22.15 on; on macOS and Windows there is no other way to the system's authorities. */
type SystemRoots = (type: "system") => string[];

/** The authorities to trust, in PEM: those that Node brings, the system's, and those of NODE_EXTRA_CA_CERTS, which Node
 * itself reads only for connections without authorities of their own. `SSL_CERT_FILE` stands for the system's. */
export function trustedRoots(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const extra = env["NODE_EXTRA_CA_CERTS"];
  const files = extra === undefined || extra === "" ? [] : [readIfThere(extra) ?? ""];
  const texts = [...tls.rootCertificates, ...systemRoots(env["SSL_CERT_FILE"]), ...files];
  return distinctCertificates(texts.join("\n"));
}

/** Most of the system's authorities are Node's, and each costs time with every context that is made of them. */
function distinctCertificates(pem: string): readonly string[] {
  const distinct = new Map<string, string>();
  for (const [certificate] of pem.matchAll(CERTIFICATE)) {
    distinct.set(certificate.replace(/\s+/g, ""), certificate);
  }
  return [...distinct.values()];
}

function systemRoots(named: string | undefined): readonly string[] {
  if (process.platform === "darwin" || process.platform === "win32") {
    const read: unknown = Reflect.get(tls, "getCACertificates");
    return typeof read === "function" ? (read as SystemRoots)("system") : [];
  }
  const places = named === undefined || named === "" ? BUNDLES : [named];
  for (const place of places) {
    const text = readIfThere(place);
    if (text !== undefined) return [text];
  }
  return [];
}

/** A bundle that is missing or closed to us is none, as in Node and OpenSSL; what is signed by it fails to verify. */
function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  }
}

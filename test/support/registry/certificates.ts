import fs from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../build-folder.js";
import { runTool } from "../tools.js";

/** A certificate and its key, as files and as PEM text. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** What a certificate is for. `tokens` has an RSA key, for RS256. */
type CertificatePurpose = "server" | "client" | "tokens";

/** An authority of one test file. Only who is told of it trusts what it issues. */
export interface CertificateAuthority {
  readonly certFile: string;
  /** PEM */
  readonly cert: string;
  /** Issues a certificate for a purpose; a server's is good for the given hosts. Default: localhost and its addresses. */
  issue(purpose: CertificatePurpose, hosts?: readonly string[]): Certificate;
}

const LOCAL_HOSTS = ["localhost", "127.0.0.1", "::1"] as const;
const EC_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"] as const;
const RSA_KEY = ["-newkey", "rsa:2048"] as const;

/** Makes an authority with openssl, in a folder that is removed after the file's tests. */
export function makeCertificateAuthority(): CertificateAuthority {
  const folder = temporaryFolder();
  const file = (name: string): string => path.join(folder, name);
  const authority = [
    ["-subj", "/CN=oci-build test authority"],
    ["-addext", "basicConstraints=critical,CA:TRUE"],
    ["-addext", "keyUsage=critical,keyCertSign"],
  ].flat();
  // Alone in its folder, since programs of this field take a folder of authorities.
  const certFile = file("trusted/ca.crt");
  fs.mkdirSync(path.dirname(certFile));
  const files = ["-nodes", "-keyout", file("ca.key"), "-out", certFile];
  runTool("openssl", ["req", "-x509", ...EC_KEY, ...authority, "-days", "2", ...files]);
  let count = 0;
  return {
    certFile,
    cert: fs.readFileSync(certFile, "utf8"),
    issue(purpose, hosts = LOCAL_HOSTS) {
      count += 1;
      return issueCertificate(folder, `${purpose}${count}`, { purpose, hosts });
    },
  };
}

function issueCertificate(
  folder: string,
  name: string,
  { purpose, hosts }: { readonly purpose: CertificatePurpose; readonly hosts: readonly string[] },
): Certificate {
  const file = (ending: string): string => path.join(folder, `${name}.${ending}`);
  const key = purpose === "tokens" ? RSA_KEY : EC_KEY;
  const files = ["-nodes", "-keyout", file("key"), "-out", file("csr")];
  runTool("openssl", ["req", "-new", ...key, "-subj", `/CN=${name}`, ...files]);
  fs.writeFileSync(file("ext"), extensions(purpose, hosts));
  const authority = ["-CA", path.join(folder, "trusted/ca.crt"), "-CAkey", path.join(folder, "ca.key")];
  const issued = ["-set_serial", String(fs.readdirSync(folder).length), "-days", "2"];
  const request = ["-in", file("csr"), "-extfile", file("ext"), "-out", file("crt")];
  runTool("openssl", ["x509", "-req", ...authority, ...issued, ...request]);
  return {
    certFile: file("crt"),
    keyFile: file("key"),
    cert: fs.readFileSync(file("crt"), "utf8"),
    key: fs.readFileSync(file("key"), "utf8"),
  };
}

function extensions(purpose: CertificatePurpose, hosts: readonly string[]): string {
  if (purpose === "tokens") return "keyUsage=digitalSignature\n";
  const names = hosts.map((host) => `${/^[\d.]+$|:/.test(host) ? "IP" : "DNS"}:${host}`).join(",");
  return purpose === "server"
    ? `extendedKeyUsage=serverAuth\nsubjectAltName=${names}\n`
    : "extendedKeyUsage=clientAuth\n";
}

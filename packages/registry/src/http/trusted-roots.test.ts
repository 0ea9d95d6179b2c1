import fs from "node:fs";
import path from "node:path";
import tls from "node:tls";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../test/support/build-folder.js";
import { trustedRoots } from "./trusted-roots.js";

const [first = "", second = ""] = tls.rootCertificates;
const made = (name: string): string => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----`;

describe("trustedRoots", () => {
  it("gives each certificate once, however its lines end", () => {
    const folder = temporaryFolder();
    const file = path.join(folder, "system.pem");
    fs.writeFileSync(file, `# a note\r\n${first.replaceAll("\n", "\r\n")}\r\n${second}\n${made("own")}\n`);
    const roots = trustedRoots({ SSL_CERT_FILE: file, NODE_EXTRA_CA_CERTS: file });
    const expected = process.platform === "linux" ? tls.rootCertificates.length + 1 : expect.any(Number);
    expect(roots).toHaveLength(expected as number);
    expect(roots.at(-1)).toBe(made("own"));
  });

  it("takes a file that is not there for none, as Node does", () => {
    const env = { SSL_CERT_FILE: "/nowhere", NODE_EXTRA_CA_CERTS: "/nowhere" };
    expect(trustedRoots(env).length).toBeGreaterThanOrEqual(tls.rootCertificates.length);
  });
});

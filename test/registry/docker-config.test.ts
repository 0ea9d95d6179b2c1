import fs from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  dockerCredentials,
  dockerRegistrySettings,
  type RegistryClient,
} from "../../packages/registry/src/index.js";
import { temporaryFolder, writeFiles } from "../support/build-folder.js";
import { type CertificateAuthority, makeCertificateAuthority } from "../support/registry/certificates.js";
import { testClient } from "../support/registry/client.js";
import { toolObstacle, unlessObstacle } from "../support/registry/obstacle.js";
import { type RegistryServer, startRegistry } from "../support/registry/registry-server.js";
import { skopeo } from "../support/registry/skopeo.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "openssl", "htpasswd");

const PASSWORD = "secret-of-ann";
const AUTH = Buffer.from(`ann:${PASSWORD}`, "utf8").toString("base64");

describe.skipIf(obstacle)(unlessObstacle("what Docker and podman know of registries", obstacle), () => {
  let authority: CertificateAuthority;
  let registry: RegistryServer;
  let home: string;

  beforeAll(async () => {
    authority = makeCertificateAuthority();
    registry = await startRegistry({ tls: authority.issue("server"), users: { ann: PASSWORD } });
    return () => registry.stop();
  });

  beforeEach(() => {
    home = temporaryFolder();
    writeFiles(home, { [`.docker/certs.d/${registry.name}/ca.crt`]: authority.cert });
  });

  /** A client of a user whose folder is `home`. */
  function userClient(env: Readonly<Record<string, string>> = {}): RegistryClient {
    return testClient({
      credentials: dockerCredentials({ home, env }),
      settings: dockerRegistrySettings({ home }),
    });
  }

  it("is a login in config.json, with the authority in certs.d", async () => {
    const config = { auths: { [registry.name]: { auth: AUTH } } };
    writeFiles(home, { ".docker/config.json": JSON.stringify(config) });
    await using client = userClient();
    await client.checkLogin(registry.name);
  });

  it("is no login where there is none", async () => {
    await using client = userClient();
    await expect(client.checkLogin(registry.name)).rejects.toMatchObject({ code: "REGISTRY_UNAUTHORIZED" });
  });

  it("is the login that skopeo made", async () => {
    const file = path.join(home, "auth.json");
    const flags = ["--authfile", file, "--cert-dir", path.dirname(authority.certFile)];
    await skopeo("login", ...flags, "--username", "ann", "--password", PASSWORD, registry.name);
    await using client = userClient({ REGISTRY_AUTH_FILE: file });
    await client.checkLogin(registry.name);
  });

  it.each(["credHelpers", "credsStore"])("is what a helper says: %s", async (member) => {
    const script = `#!/bin/sh
echo "$1 $(cat)" >> ${home}/asked
echo '{"ServerURL":"x","Username":"ann","Secret":"${PASSWORD}"}'
`;
    writeFiles(home, { "bin/docker-credential-tests": script });
    fs.chmodSync(path.join(home, "bin/docker-credential-tests"), 0o755);
    const config =
      member === "credsStore" ? { credsStore: "tests" } : { credHelpers: { [registry.name]: "tests" } };
    writeFiles(home, { ".docker/config.json": JSON.stringify(config) });
    await using client = userClient({ PATH: `${path.join(home, "bin")}:${process.env["PATH"]}` });
    await client.checkLogin(registry.name);
    await client.checkLogin(registry.name);
    expect(fs.readFileSync(path.join(home, "asked"), "utf8")).toBe(`get ${registry.name}\n`);
  });

  it("is a helper that fails, whose words are told without secrets", async () => {
    writeFiles(home, {
      "bin/docker-credential-tests": `#!/bin/sh\necho "no keychain; token ${PASSWORD}"\nexit 1\n`,
      ".docker/config.json": JSON.stringify({ credsStore: "tests" }),
    });
    fs.chmodSync(path.join(home, "bin/docker-credential-tests"), 0o755);
    await using client = userClient({ PATH: `${path.join(home, "bin")}:${process.env["PATH"]}` });
    await expect(client.checkLogin(registry.name)).rejects.toMatchObject({ code: "REGISTRY_HELPER_FAILED" });
  });

  it("is a client certificate in certs.d", async () => {
    const certificate = authority.issue("client");
    const tls = { ...authority.issue("server"), clientAuthority: authority.certFile };
    await using strict = await startRegistry({ tls, clientCertificate: certificate });
    const folder = `.docker/certs.d/${strict.name}`;
    writeFiles(home, {
      [`${folder}/ca.crt`]: authority.cert,
      [`${folder}/client.cert`]: certificate.cert,
      [`${folder}/client.key`]: certificate.key,
    });
    await using client = userClient();
    await client.checkLogin(strict.name);
  });
});

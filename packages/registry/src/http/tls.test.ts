import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { temporaryFolder } from "../../../../test/support/build-folder.js";
import {
  type Certificate,
  type CertificateAuthority,
  makeCertificateAuthority,
} from "../../../../test/support/registry/certificates.js";
import { hasTool } from "../../../../test/support/tools.js";
import { startProxy } from "../../test/support/test-proxy.js";
import { startServer, type TestServer } from "../../test/support/test-server.js";
import { readRequest, testTransport, textOf } from "../../test/support/test-transport.js";
import type { RegistrySettings } from "../client/registry-client.js";
import { dockerRegistrySettings } from "./docker-registry-settings.js";

const hasOpenssl = hasTool("openssl");
const HOST = "registry.example";

let authority: CertificateAuthority;
let local: Certificate;
let named: Certificate;
let client: Certificate;

beforeAll(() => {
  if (!hasOpenssl) return;
  authority = makeCertificateAuthority();
  local = authority.issue("server");
  named = authority.issue("server", [HOST, "cdn.example"]);
  client = authority.issue("client");
});

const greet = (response: { end(text: string): void }): void => response.end("hello");

async function secureServer(certificate: Certificate): Promise<TestServer> {
  return startServer((_, response) => greet(response), { tls: certificate });
}

/** A transport that reaches made-up hosts through a proxy. */
async function reach(
  ports: Readonly<Record<string, number>>,
  settings: (registry: string) => RegistrySettings,
  more: Readonly<Record<string, string>> = {},
): Promise<ReturnType<typeof testTransport>> {
  const proxy = await startProxy({ ports });
  return testTransport({ env: { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, ...more }, settings });
}

describe.skipIf(!hasOpenssl)(`TLS (${hasOpenssl ? "openssl" : "skipped: no openssl"})`, () => {
  it("verifies a registry with the authority set for it", async () => {
    const { port } = await secureServer(named);
    const { transport } = await reach({ [`${HOST}:443`]: port }, () => ({ ca: authority.cert }));
    expect(await textOf(transport, readRequest(HOST))).toBe("hello");
  });

  it("verifies a registry with the authorities of NODE_EXTRA_CA_CERTS", async () => {
    const { port } = await secureServer(named);
    const env = { NODE_EXTRA_CA_CERTS: authority.certFile };
    const { transport } = await reach({ [`${HOST}:443`]: port }, () => ({}), env);
    expect(await textOf(transport, readRequest(HOST))).toBe("hello");
  });

  it("still trusts the system's authorities where one is set", async () => {
    const { port } = await secureServer(named);
    const { transport } = await reach({ [`${HOST}:443`]: port }, () => ({ ca: local.cert }), {
      SSL_CERT_FILE: authority.certFile,
    });
    expect(await textOf(transport, readRequest(HOST))).toBe("hello");
  });

  it("refuses a registry that nobody vouches for, without trying again, and says what to do", async () => {
    const { port, requests } = await secureServer(named);
    const { transport, warnings } = await reach({ [`${HOST}:443`]: port }, () => ({}));
    await expect(transport.request(readRequest(HOST))).rejects.toMatchObject({
      code: "REGISTRY_UNREACHABLE",
      data: { phase: "connect", reason: expect.stringMatching(/SELF_SIGNED|UNABLE_TO/) },
      hint: expect.stringContaining(`/etc/docker/certs.d/${HOST}/ca.crt`),
    });
    expect({ warnings, requests }).toEqual({ warnings: [], requests: [] });
  });

  it("refuses a certificate for another host", async () => {
    const { port } = await secureServer(local);
    const { transport } = await reach({ [`${HOST}:443`]: port }, () => ({ ca: authority.cert }));
    await expect(transport.request(readRequest(HOST))).rejects.toMatchObject({
      data: { reason: "ERR_TLS_CERT_ALTNAME_INVALID" },
    });
  });

  it("takes a certificate that nobody vouches for where the registry is insecure", async () => {
    const { port } = await secureServer(local);
    const { transport } = await reach({ [`${HOST}:443`]: port }, () => ({ insecure: true }));
    expect(await textOf(transport, readRequest(HOST))).toBe("hello");
  });

  it("shows its own certificate to the registry that it is for, and not to where it redirects", async () => {
    const shown: string[] = [];
    const tls = { ...named, ca: authority.cert, requestCert: true, rejectUnauthorized: false };
    const subject = (request: unknown): string =>
      (
        request as { socket: { getPeerCertificate(): { subject?: { CN: string } } } }
      ).socket.getPeerCertificate().subject?.CN ?? "none";
    const server = await startServer(
      (request, response) => {
        shown.push(`${request.headers.host} ${subject(request)}`);
        if (request.headers.host === HOST)
          response.writeHead(307, { location: "https://cdn.example/" }).end();
        else greet(response);
      },
      { tls },
    );
    const ports = { [`${HOST}:443`]: server.port, "cdn.example:443": server.port };
    const { transport } = await reach(ports, (registry) =>
      registry === HOST ? { ca: authority.cert, clientCertificate: client } : {},
    );
    expect(await textOf(transport, readRequest(HOST))).toBe("hello");
    expect(shown).toEqual([`${HOST} client3`, "cdn.example none"]);
  });

  it("reaches Docker Hub where it is, under the name that it is known by", async () => {
    const asked: string[] = [];
    const server = await startServer(
      (request, response) => {
        if (request.headers.authorization !== undefined) greet(response);
        else response.writeHead(401, { "www-authenticate": "Basic" }).end();
      },
      { tls: authority.issue("server", ["registry-1.docker.io"]) },
    );
    const proxy = await startProxy({ ports: { "registry-1.docker.io:443": server.port } });
    const { transport } = testTransport({
      env: { HTTPS_PROXY: proxy.url },
      settings: (registry) => (registry === "docker.io" ? { ca: authority.cert } : {}),
      credentials: {
        async find(registry) {
          asked.push(registry);
          return { kind: "basic", username: "me", password: "password" };
        },
      },
    });
    expect(await textOf(transport, readRequest("docker.io"))).toBe("hello");
    expect(asked).toEqual(["docker.io"]);
  });

  it("refuses a redirect from https to http", async () => {
    const plain = await startServer((_, response) => greet(response));
    const server = await startServer(
      (_, response) => void response.writeHead(307, { location: "http://cdn.example/" }).end(),
      { tls: named },
    );
    const ports = { [`${HOST}:443`]: server.port, "cdn.example:80": plain.port };
    const { transport } = await reach(ports, () => ({ ca: authority.cert }));
    await expect(transport.request(readRequest(HOST))).rejects.toMatchObject({
      code: "REGISTRY_RESPONSE_INVALID",
      data: { problem: "redirect-insecure" },
    });
    expect(plain.requests).toEqual([]);
  });

  it("takes a Location that names the registry's own host without https as one with it", async () => {
    const server = await startServer(
      (request, response) => {
        if (request.url === "/end") greet(response);
        else response.writeHead(307, { location: `http://${HOST}/end` }).end();
      },
      { tls: named },
    );
    const { transport } = await reach({ [`${HOST}:443`]: server.port }, () => ({ ca: authority.cert }));
    expect(await textOf(transport, readRequest(HOST))).toBe("hello");
  });

  it("refuses certificates that cannot be used, by name", async () => {
    const { transport } = await reach({}, () => ({ clientCertificate: { cert: "none", key: "none" } }));
    await expect(transport.request(readRequest(HOST))).rejects.toMatchObject({
      code: "REGISTRY_SETTINGS_INVALID",
      data: { what: HOST },
    });
  });
});

describe.skipIf(!hasOpenssl)(`a registry on this machine (${hasOpenssl ? "openssl" : "no openssl"})`, () => {
  it("is believed without a certificate that anybody vouches for", async () => {
    const { host } = await secureServer(local);
    const { transport } = testTransport();
    const answer = await transport.request(readRequest(host));
    expect(answer.url).toBe(`https://${host}/v2/team/app/manifests/latest`);
  });

  it("differs: it is not, where certificates are set for it", async () => {
    const { host, requests } = await secureServer(local);
    const other = makeCertificateAuthority();
    const { transport } = testTransport({ settings: () => ({ ca: other.cert }) });
    await expect(transport.request(readRequest(host))).rejects.toMatchObject({
      code: "REGISTRY_UNREACHABLE",
      data: { phase: "connect" },
    });
    expect(requests).toEqual([]);
    const { transport: trusting } = testTransport({ settings: () => ({ ca: authority.cert }) });
    expect(await textOf(trusting, readRequest(host))).toBe("hello");
  });

  it("that wants a certificate of the client is not taken for one without TLS", async () => {
    const server = await startServer((_, response) => greet(response), {
      tls: { ...local, ca: authority.cert, requestCert: true },
    });
    const { transport } = testTransport({ limits: { attemptsMax: 1 } });
    await expect(transport.request(readRequest(server.host))).rejects.toMatchObject({
      code: "REGISTRY_UNREACHABLE",
    });
    const folder = temporaryFolder();
    const place = path.join(folder, server.host);
    fs.mkdirSync(place);
    for (const [name, text] of [
      ["ca.crt", authority.cert],
      ["me.cert", client.cert],
      ["me.key", client.key],
    ] as const)
      fs.writeFileSync(path.join(place, name), text);
    const settings = dockerRegistrySettings({ certificateFolders: [folder] });
    const { transport: known } = testTransport({ settings });
    expect(await textOf(known, readRequest(server.host))).toBe("hello");
  });
});

describe("a registry without https", () => {
  it("is asked so on this machine, after https was tried once", async () => {
    const server = await startServer((_, response) => greet(response));
    const { transport } = testTransport();
    expect(await textOf(transport, readRequest(server.host))).toBe("hello");
    expect(await textOf(transport, readRequest(server.host))).toBe("hello");
    expect(server.lines().filter((line) => line === "GET /v2/")).toHaveLength(1);
  });

  it("is asked so where it is named as insecure, and nowhere else", async () => {
    const server = await startServer((_, response) => greet(response));
    const ports = { [`${HOST}:5000`]: server.port };
    const registry = `${HOST}:5000`;
    const { transport } = await reach(ports, (name) => ({ insecure: name === registry }));
    expect(await textOf(transport, readRequest(registry))).toBe("hello");
    const { transport: strict } = await reach(ports, () => ({}));
    await expect(strict.request(readRequest(registry))).rejects.toMatchObject({
      code: "REGISTRY_UNREACHABLE",
      data: { phase: "connect", reason: expect.stringMatching(/^ERR_SSL/) },
      hint: `If ${registry} speaks http, say so with --insecure-registry ${registry}.`,
    });
  });

  it("is not what says that it speaks https", async () => {
    const server = net.createServer((socket) => {
      socket.on("error", () => undefined);
      // As servers in Go answer who speaks http where TLS is expected.
      socket.once("data", (data) => {
        if (data.includes("HTTP/1.1"))
          socket.end("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request");
        else socket.destroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const registry = `127.0.0.1:${(server.address() as net.AddressInfo).port}`;
    const { transport } = testTransport({ limits: { attemptsMax: 1 } });
    await expect(transport.request(readRequest(registry))).rejects.toMatchObject({
      code: "REGISTRY_UNREACHABLE",
      data: { url: `https://${registry}/v2/` },
    });
  });

  it("is searched for by all first requests at once, once", async () => {
    const server = await startServer((_, response) => greet(response));
    const { transport } = testTransport();
    await Promise.all([1, 2, 3, 4].map(() => textOf(transport, readRequest(server.host))));
    expect(server.lines().filter((line) => line === "GET /v2/")).toHaveLength(1);
  });
});

import { beforeAll, describe, expect, it } from "vitest";
import { type CertificateAuthority, makeCertificateAuthority } from "../support/registry/certificates.js";
import { testClient } from "../support/registry/client.js";
import { startConnectProxy } from "../support/registry/connect-proxy.js";
import { toolObstacle, unlessObstacle } from "../support/registry/obstacle.js";
import { startRegistry } from "../support/registry/registry-server.js";

const obstacle = toolObstacle("docker-registry", "openssl");

describe.skipIf(obstacle)(unlessObstacle("a registry behind a proxy", obstacle), () => {
  let authority: CertificateAuthority;
  beforeAll(() => {
    authority = makeCertificateAuthority();
  });
  const HOST = "registry.test";
  const startSecure = () => startRegistry({ tls: authority.issue("server", [HOST, "localhost"]) });

  it.each(["HTTPS_PROXY", "https_proxy"])("is reached through a tunnel: %s", async (name) => {
    await using registry = await startSecure();
    await using proxy = await startConnectProxy();
    const env = { [name]: proxy.url };
    await using client = testClient({ env, settings: () => ({ ca: authority.cert }) });
    await client.checkLogin(`${HOST}:${registry.port}`);
    expect(proxy.requests).toEqual([`CONNECT ${HOST}:${registry.port}`]);
  });

  it("is verified by its own name", async () => {
    await using registry = await startSecure();
    await using proxy = await startConnectProxy();
    const env = { HTTPS_PROXY: proxy.url };
    await using client = testClient({ env, settings: () => ({ ca: authority.cert }) });
    const other = client.checkLogin(`other.test:${registry.port}`);
    await expect(other).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
    await using stranger = testClient({ env });
    const untrusted = stranger.checkLogin(`${HOST}:${registry.port}`);
    await expect(untrusted).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
    await using careless = testClient({ env, settings: () => ({ insecure: true }) });
    await careless.checkLogin(`other.test:${registry.port}`);
  });

  it.each(["registry.test", ".test", "*"])("is reached directly by NO_PROXY=%s", async (exception) => {
    await using registry = await startSecure();
    await using proxy = await startConnectProxy();
    const env = { HTTPS_PROXY: proxy.url, NO_PROXY: `example.com,${exception}` };
    await using client = testClient({ env, settings: () => ({ ca: authority.cert }) });
    // No such host, so that only a proxy could reach it.
    const direct = client.checkLogin(`${HOST}:${registry.port}`);
    await expect(direct).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
    expect(proxy.requests).toEqual([]);
  });

  it("does not go through a proxy on this very machine", async () => {
    await using registry = await startSecure();
    await using proxy = await startConnectProxy();
    const env = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, NO_PROXY: "" };
    await using client = testClient({ env, settings: () => ({ ca: authority.cert }) });
    await client.checkLogin(registry.name);
    expect(proxy.requests).toEqual([]);
  });

  it("is spoken to without https only when it may be insecure", async () => {
    await using registry = await startRegistry();
    await using proxy = await startConnectProxy();
    const env = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
    const name = `${HOST}:${registry.port}`;
    await using client = testClient({ env });
    await expect(client.checkLogin(name)).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
    expect(proxy.requests.every((request) => request === `CONNECT ${name}`)).toBe(true);
    await using careless = testClient({ env, settings: () => ({ insecure: true }) });
    await careless.checkLogin(name);
  });

  it("is reached through a proxy with a password, which is not told when it is wrong", async () => {
    await using registry = await startSecure();
    await using proxy = await startConnectProxy("ann:proxy-secret");
    const settings = () => ({ ca: authority.cert });
    const name = `${HOST}:${registry.port}`;
    await using client = testClient({ env: { HTTPS_PROXY: proxy.url }, settings });
    await client.checkLogin(name);
    const wrong = proxy.url.replace("proxy-secret", "wrong-secret");
    await using stranger = testClient({ env: { HTTPS_PROXY: wrong }, settings });
    const error: unknown = await stranger.checkLogin(name).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "REGISTRY_UNREACHABLE" });
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain("wrong-secret");
  });
});

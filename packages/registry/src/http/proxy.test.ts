import { describe, expect, it } from "vitest";
import { startProxy } from "../../test/support/test-proxy.js";
import { startServer } from "../../test/support/test-server.js";
import { readRequest, testTransport, textOf } from "../../test/support/test-transport.js";
import type { Transport } from "./transport.js";

const REGISTRY = "registry.example:5000";
const insecure = (): { insecure: true } => ({ insecure: true });

function failureOf(transport: Transport, registry: string): Promise<unknown> {
  return transport.request(readRequest(registry)).catch((error: unknown) => error);
}

describe("a proxy", () => {
  it("gets whole addresses of what is asked without https, and its own login", async () => {
    const server = await startServer((_, response) => response.end("hello"));
    const proxy = await startProxy({ ports: { [REGISTRY]: server.port }, login: "me:pass word" });
    const url = proxy.url.replace("://", "://me:pass%20word@");
    const { transport } = testTransport({ env: { HTTP_PROXY: url }, settings: insecure });
    expect(await textOf(transport, readRequest(REGISTRY))).toBe("hello");
    expect(proxy.requests.at(-1)).toBe(`GET http://${REGISTRY}/v2/team/app/manifests/latest`);
  });

  it.each(["HTTP_PROXY", "HTTPS_PROXY"])(
    "that wants another login is asked once and told of by its host, without the password: %s",
    async (name) => {
      const proxy = await startProxy({ ports: {}, login: "me:other" });
      const env = { [name]: proxy.url.replace("://", "://me:secret@") };
      const settings = name === "HTTP_PROXY" ? insecure : undefined;
      const { transport, warnings } = testTransport({ env, settings, limits: { connectTimeoutMs: 500 } });
      const registry = name === "HTTP_PROXY" ? REGISTRY : "registry.invalid";
      const failure = await failureOf(transport, registry);
      const { host } = new URL(proxy.url);
      expect(failure).toMatchObject({
        code: "REGISTRY_UNREACHABLE",
        message: expect.stringContaining(`through the proxy ${host}: the proxy wants a login (proxy-407)`),
        data: { registry, phase: "connect", reason: "proxy-407", proxy: host },
        hint: expect.stringContaining(`in ${name}, as in http://USER:PASSWORD@HOST:PORT`),
      });
      expect(warnings).toEqual([]);
      expect(proxy.requests.filter((line) => line.startsWith("CONNECT"))).toHaveLength(
        // One that may speak http is looked for by https first, which HTTP_PROXY is not for.
        name === "HTTPS_PROXY" ? 1 : 0,
      );
      expect(JSON.stringify([failure, String(failure)])).not.toContain("secret");
    },
  );

  it.each([
    { status: 403, attempts: 1 },
    { status: 502, attempts: 3 },
    { status: 429, attempts: 3 },
  ])("that answers $status to CONNECT is asked $attempts times", async ({ status, attempts }) => {
    const proxy = await startProxy({ ports: {}, refusal: status });
    const { transport } = testTransport({ env: { HTTPS_PROXY: proxy.url }, limits: { attemptsMax: 3 } });
    expect(await failureOf(transport, "registry.invalid")).toMatchObject({
      code: "REGISTRY_UNREACHABLE",
      data: { phase: "connect", reason: `proxy-${status}`, proxy: new URL(proxy.url).host },
      hint: "Look at HTTPS_PROXY, or name the host in NO_PROXY.",
    });
    expect(proxy.requests).toEqual(Array.from({ length: attempts }, () => "CONNECT registry.invalid:443"));
  });

  it("that is not there is told of as the one that does not answer", async () => {
    // Nobody is given this port by chance.
    const { transport } = testTransport({ env: { HTTPS_PROXY: "http://127.0.0.1:1" } });
    expect(await failureOf(transport, "registry.invalid")).toMatchObject({
      message: expect.stringContaining("through the proxy 127.0.0.1:1: the connection was refused"),
      hint: "Look at HTTPS_PROXY, or name the host in NO_PROXY.",
    });
  });

  it("is not asked for hosts in NO_PROXY", async () => {
    const server = await startServer((_, response) => response.end("hello"));
    const proxy = await startProxy({ ports: {} });
    const env = { HTTP_PROXY: proxy.url, NO_PROXY: "127.0.0.1" };
    const { transport } = testTransport({ env });
    expect(await textOf(transport, readRequest(server.host))).toBe("hello");
    expect(proxy.requests).toEqual([]);
  });
});

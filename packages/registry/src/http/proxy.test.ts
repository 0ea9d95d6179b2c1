import { describe, expect, it } from "vitest";
import { startProxy } from "../../test/support/test-proxy.js";
import { startServer } from "../../test/support/test-server.js";
import { readRequest, testTransport, textOf } from "../../test/support/test-transport.js";

const REGISTRY = "registry.example:5000";
const insecure = (): { insecure: true } => ({ insecure: true });

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
    "that refuses us is told of, without its password: %s",
    async (name) => {
      const proxy = await startProxy({ ports: {}, login: "me:other" });
      const env = { [name]: proxy.url.replace("://", "://me:secret@") };
      const settings = name === "HTTP_PROXY" ? insecure : undefined;
      const { transport, warnings } = testTransport({
        env,
        settings,
        limits: { attemptsMax: 2, connectTimeoutMs: 500 },
      });
      const registry = name === "HTTP_PROXY" ? REGISTRY : "registry.invalid";
      const failure = await transport.request(readRequest(registry)).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: expect.stringMatching(/^REGISTRY_/) });
      expect(JSON.stringify([failure, warnings, String(failure)])).not.toContain("secret");
    },
  );

  it("is not asked for hosts in NO_PROXY", async () => {
    const server = await startServer((_, response) => response.end("hello"));
    const proxy = await startProxy({ ports: {} });
    const env = { HTTP_PROXY: proxy.url, NO_PROXY: "127.0.0.1" };
    const { transport } = testTransport({ env });
    expect(await textOf(transport, readRequest(server.host))).toBe("hello");
    expect(proxy.requests).toEqual([]);
  });
});

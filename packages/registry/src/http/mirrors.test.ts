import { describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../test/support/test-server.js";
import { readRequest, testClock, testTransport, textOf } from "../../test/support/test-transport.js";
import type { Credentials } from "../auth/credentials.js";
import { registryError } from "../errors.js";

const asking = { mirrors: "ask" } as const;

async function sayer(text: string, status = 200): Promise<TestServer> {
  return startServer((_, response) => void response.writeHead(status).end(text));
}

describe("a mirror", () => {
  it("is asked in the registry's place for what is read", async () => {
    const [registry, mirror] = [await sayer("registry"), await sayer("mirror")];
    const { transport } = testTransport({ settings: () => ({ mirrors: [mirror.url] }) });
    expect(await textOf(transport, readRequest(registry.host, asking))).toBe("mirror");
    expect(registry.requests).toEqual([]);
    expect(await textOf(transport, readRequest(registry.host))).toBe("registry");
  });

  it("is passed over without a word when it does not have what is asked for", async () => {
    const [registry, mirror] = [await sayer("registry"), await sayer("", 404)];
    const { transport, warnings } = testTransport({ settings: () => ({ mirrors: [mirror.url] }) });
    const request = readRequest(registry.host, { ...asking, expect: [200, 404] });
    expect(await textOf(transport, request)).toBe("registry");
    expect(warnings).toEqual([]);
  });

  it.each([401, 403, 418, 500])("is passed over and left alone for a while after %i", async (status) => {
    const [registry, mirror] = [await sayer("registry"), await sayer("", status)];
    const clock = testClock();
    const { transport, warnings } = testTransport({ clock, settings: () => ({ mirrors: [mirror.url] }) });
    const request = readRequest(registry.host, asking);
    expect(await textOf(transport, request)).toBe("registry");
    const failed = warnings.filter((text) => text.startsWith("REGISTRY_MIRROR_FAILED"));
    expect(failed).toEqual([expect.stringContaining(`the mirror ${mirror.host} of ${registry.host}`)]);
    const asked = mirror.requests.length;
    expect(await textOf(transport, request)).toBe("registry");
    expect(mirror.requests).toHaveLength(asked);
    clock.advance(61_000);
    expect(await textOf(transport, request)).toBe("registry");
    expect(mirror.requests.length).toBeGreaterThan(asked);
  });

  it("gives way to the next one", async () => {
    const [registry, bad, good] = [await sayer("registry"), await sayer("", 500), await sayer("second")];
    const { transport } = testTransport({ settings: () => ({ mirrors: [bad.url, good.url] }) });
    expect(await textOf(transport, readRequest(registry.host, asking))).toBe("second");
  });

  it("may keep the registry's repositories below a path of its own", async () => {
    const [registry, mirror] = [await sayer("registry"), await sayer("mirror")];
    const { transport } = testTransport({ settings: () => ({ mirrors: [`${mirror.url}/proxy/hub/`] }) });
    await textOf(transport, readRequest(registry.host, asking));
    expect(mirror.lines()).toEqual(["GET /v2/proxy/hub/team/app/manifests/latest"]);
  });

  it("gets the login for its own name, never the registry's", async () => {
    const mirror = await startServer((request, response) => {
      if (request.headers.authorization === undefined) {
        response.writeHead(401, { "www-authenticate": 'Basic realm="m"' }).end();
      } else response.end("mirror");
    });
    const registry = await sayer("registry");
    const asked: string[] = [];
    const credentials: Credentials = {
      async find(name) {
        asked.push(name);
        return { kind: "basic", username: name, password: "secret" };
      },
    };
    const { transport } = testTransport({ credentials, settings: () => ({ mirrors: [mirror.url] }) });
    expect(await textOf(transport, readRequest(registry.host, asking))).toBe("mirror");
    expect(asked).toEqual([mirror.host]);
  });

  it("is not blamed for what was stopped", async () => {
    const stop = new AbortController();
    // An error of ours, as builds give.
    const reason = registryError("REGISTRY_UNSUPPORTED", {
      message: "stopped",
      data: { registry: "r", repository: "a", operation: "none" },
    });
    const [registry, mirror] = [await sayer("registry"), await startServer(() => stop.abort(reason))];
    const { transport, warnings } = testTransport({ settings: () => ({ mirrors: [mirror.url] }) });
    const request = readRequest(registry.host, { ...asking, signal: stop.signal });
    await expect(transport.request(request)).rejects.toThrow("stopped");
    expect({ warnings, requests: registry.requests }).toEqual({ warnings: [], requests: [] });
  });

  it.each(["ftp://mirror.example", "mirror.example", "https://user:secret@mirror.example", ""])(
    "is refused as %s",
    async (address) => {
      const registry = await sayer("registry");
      const { transport } = testTransport({ settings: () => ({ mirrors: [address] }) });
      const failure: unknown = await transport
        .request(readRequest(registry.host, asking))
        .catch((e: unknown) => e);
      expect(failure).toMatchObject({ code: "REGISTRY_SETTINGS_INVALID", data: { what: "mirror" } });
      expect(String(failure)).not.toContain("secret");
    },
  );
});

import net from "node:net";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { startServer } from "../../test/support/test-server.js";
import { readRequest, testClock, testTransport, textOf } from "../../test/support/test-transport.js";

/** Answers to the probe of a loopback registry, and to the requests behind it. */
async function serverOf(statuses: readonly (number | "cut")[], headers: Record<string, string> = {}) {
  let count = 0;
  return startServer((request, response) => {
    if (request.url === "/v2/") {
      response.end();
      return;
    }
    const status = statuses[Math.min(count, statuses.length - 1)];
    count += 1;
    if (status === "cut") request.socket.destroy();
    else response.writeHead(status ?? 500, headers).end("body");
  });
}

const writes = { method: "PUT", retry: "never" } as const;

describe("a request that may be repeated", () => {
  it.each([408, 429, 500, 502, 503, 504, 522, 524, "cut"] as const)("is, after %s", async (status) => {
    const server = await serverOf([status, 200]);
    const { transport, warnings } = testTransport();
    expect(await textOf(transport, readRequest(server.host))).toBe("body");
    expect(warnings).toEqual([
      expect.stringMatching(/^REGISTRY_RETRY GET http:.*; trying again in 0\.3 s \(2 of 5\)$/),
    ]);
  });

  it.each([400, 401, 403, 404, 405, 416, 501])("is not, after %i", async (status) => {
    const server = await serverOf([status, 200]);
    const { transport, warnings } = testTransport();
    await expect(transport.request(readRequest(server.host))).rejects.toMatchObject({
      data: { status, registry: server.host, method: "GET" },
    });
    expect(warnings).toEqual([]);
  });

  it("is sent five times, with pauses that double", async () => {
    const server = await serverOf([503]);
    const clock = testClock();
    const { transport } = testTransport({ clock });
    await expect(transport.request(readRequest(server.host))).rejects.toMatchObject({
      code: "REGISTRY_REQUEST_FAILED",
      data: { status: 503 },
    });
    expect(clock.pausesMs).toEqual([250, 500, 1000, 2000]);
    expect(server.requests.filter(({ url }) => url !== "/v2/")).toHaveLength(5);
  });

  it("waits up to half as long by chance, so that many builds do not come back at once", async () => {
    const server = await serverOf([503]);
    const clock = { ...testClock(), random: () => 0.999 };
    const { transport, warnings } = testTransport({ clock });
    await expect(transport.request(readRequest(server.host))).rejects.toThrow();
    expect(warnings.map((text) => /in (\S+) s/.exec(text)?.[1])).toEqual(["0.1", "0.3", "0.5", "1.0"]);
  });

  it.each([
    ["7", 7000],
    ["Thu, 01 Jan 2026 00:00:09 GMT", 9000],
    ["0", 250],
  ])("waits as long as Retry-After: %s asks for", async (header, ms) => {
    const server = await serverOf([429, 200], { "retry-after": header });
    const clock = testClock();
    const { transport } = testTransport({ clock });
    await transport.request(readRequest(server.host));
    expect(clock.pausesMs).toEqual([ms]);
  });

  it("fails at once when the registry asks for a longer wait than a build can afford", async () => {
    const server = await serverOf([429], { "retry-after": "3600" });
    const clock = testClock();
    const { transport } = testTransport({ clock });
    await expect(transport.request(readRequest(server.host))).rejects.toMatchObject({
      code: "REGISTRY_RATE_LIMITED",
      exitCode: 3,
      data: { status: 429, retryAfterSec: 3600 },
      hint: expect.stringContaining("oci-build login"),
    });
    expect(clock.pausesMs).toEqual([]);
  });
});

describe("a request that may not be repeated", () => {
  it.each([500, 502, 503, "cut"] as const)("is not, after %s", async (status) => {
    const server = await serverOf([status, 200]);
    const { transport, warnings } = testTransport();
    await expect(transport.request(readRequest(server.host, writes))).rejects.toThrow();
    expect(warnings).toEqual([]);
  });

  it("is, when the registry took no notice of it", async () => {
    const server = await serverOf([429, 200]);
    const { transport, warnings } = testTransport();
    expect((await transport.request(readRequest(server.host, writes))).status).toBe(200);
    expect(warnings).toHaveLength(1);
  });

  it("is, when there was no connection", async () => {
    const { transport, warnings } = testTransport();
    const registry = await closedPort();
    await expect(transport.request(readRequest(registry, writes))).rejects.toMatchObject({
      code: "REGISTRY_UNREACHABLE",
      exitCode: 3,
      data: { phase: "connect", reason: "ECONNREFUSED", registry },
    });
    expect(warnings).toHaveLength(2);
  });
});

describe("a pause", () => {
  it("ends at once with the reason of who stops the work", async () => {
    const server = await serverOf([503], { "retry-after": "60" });
    const stop = new AbortController();
    const { createTransport } = await import("./create-transport.js");
    const reason = new Error("stopped");
    const onWarning = (): unknown => setTimeout(() => stop.abort(reason), 10);
    await using transport = createTransport({ env: {}, onWarning });
    const startedMs = performance.now();
    await expect(transport.request(readRequest(server.host, { signal: stop.signal }))).rejects.toBe(reason);
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });
});

/** A port of loopback where nobody listens. */
async function closedPort(): Promise<string> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

describe("a registry's name", () => {
  it.each(["user:secret@127.0.0.1:5000", "127.0.0.1:5000/secret", "a b", "", "secret?x"])(
    "is refused as %j, without repeating it",
    async (registry) => {
      const { transport } = testTransport();
      const failure: unknown = await transport
        .request(readRequest(registry))
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: "REGISTRY_SETTINGS_INVALID" });
      expect(inspect(failure, { depth: null })).not.toContain("secret");
    },
  );
});

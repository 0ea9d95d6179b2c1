import { describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../test/support/test-server.js";
import { readRequest, testTransport, textOf } from "../../test/support/test-transport.js";

/** Redirects by path; `/end` answers. */
async function redirecting(map: Readonly<Record<string, string>>, status = 307): Promise<TestServer> {
  return startServer((request, response) => {
    const location = map[request.url ?? ""];
    if (location === undefined) response.end(request.method === "HEAD" ? undefined : "reached");
    else response.writeHead(status, { location }).end("moved");
  });
}

const TARGET = "/v2/team/app/manifests/latest";

describe("a request that reads", () => {
  it.each([301, 302, 303, 307, 308])("follows %i, with its method", async (status) => {
    const server = await redirecting({ [TARGET]: "/end?sig=1" }, status);
    const { transport } = testTransport();
    const answer = await transport.request(readRequest(server.host, { method: "HEAD" }));
    expect(answer.url).toBe(`${server.url}/end`);
    expect(server.lines().slice(1)).toEqual([`HEAD ${TARGET}`, "HEAD /end?sig=1"]);
  });

  it("does not show another host what it logs in with", async () => {
    const cdn = await redirecting({});
    const server = await startServer((request, response) => {
      if (request.headers.authorization === undefined) {
        response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end();
      } else response.writeHead(302, { location: `${cdn.url}/end` }).end();
    });
    const { transport } = testTransport({
      credentials: { find: async () => ({ kind: "basic", username: "u", password: "secret" }) },
    });
    expect(await textOf(transport, readRequest(server.host))).toBe("reached");
    expect(server.requests.at(-1)?.authorization).toBe("Basic dTpzZWNyZXQ=");
    expect(cdn.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it("does not log in where another host asks for it", async () => {
    const cdn = await startServer((_, response) => {
      response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end();
    });
    const server = await redirecting({ [TARGET]: `${cdn.url}/end` });
    const { transport } = testTransport({
      credentials: { find: async () => ({ kind: "basic", username: "u", password: "secret" }) },
    });
    await expect(transport.request(readRequest(server.host))).rejects.toMatchObject({
      code: "REGISTRY_UNAUTHORIZED",
      data: { url: `${cdn.url}/end` },
    });
    expect(cdn.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it.each<[string, Record<string, string>, string]>([
    ["a loop", { [TARGET]: "/a", "/a": "/b", "/b": "/a" }, "redirect-loop"],
    ["one to itself", { [TARGET]: TARGET }, "redirect-loop"],
    ["another scheme", { [TARGET]: "ftp://a.example/" }, "redirect-invalid"],
    ["an address with a user", { [TARGET]: "http://u:p@127.0.0.1/" }, "redirect-invalid"],
    ["nothing to go to", { [TARGET]: "http://" }, "redirect-invalid"],
  ])("refuses %s", async (_, map, problem) => {
    const server = await redirecting(map);
    const { transport } = testTransport();
    await expect(transport.request(readRequest(server.host))).rejects.toMatchObject({
      code: "REGISTRY_RESPONSE_INVALID",
      data: { problem },
    });
  });

  it("follows ten redirects and not eleven", async () => {
    const chain = (length: number): Record<string, string> =>
      Object.fromEntries(
        Array.from({ length }, (_, i) => [
          i === 0 ? TARGET : `/${i}`,
          i === length - 1 ? "/end" : `/${i + 1}`,
        ]),
      );
    const { transport } = testTransport();
    const ten = await redirecting(chain(10));
    expect(await textOf(transport, readRequest(ten.host))).toBe("reached");
    const eleven = await redirecting(chain(11));
    await expect(transport.request(readRequest(eleven.host))).rejects.toMatchObject({
      data: { problem: "redirects-too-many" },
    });
  });
});

describe("a request that writes", () => {
  it("is not sent anywhere else", async () => {
    const server = await redirecting({ [TARGET]: "/end" });
    const { transport } = testTransport();
    await expect(
      transport.request(readRequest(server.host, { method: "PUT", expect: [201] })),
    ).rejects.toMatchObject({ code: "REGISTRY_REQUEST_FAILED", data: { status: 307 } });
    expect(server.lines().slice(1)).toEqual([`PUT ${TARGET}`]);
  });
});

import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { startProxy } from "../../test/support/test-proxy.js";
import { json, startServer, type TestServer } from "../../test/support/test-server.js";
import { readRequest, testClock, testTransport, textOf } from "../../test/support/test-transport.js";
import type { Credential, Credentials } from "./credentials.js";

const basic: Credential = { kind: "basic", username: "me", password: "password" };
const always = (credential: Credential | undefined): Credentials => ({ find: async () => credential });

/** What a token server saw and how it answers. */
interface TokenRules {
  readonly lifetimeSec?: number;
  readonly onToken?: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;
}

/** A registry whose `/token` gives `token1`, `token2`… and which accepts those in `good` alone. */
async function tokenRegistry(rules: TokenRules = {}): Promise<TestServer & { readonly good: Set<string> }> {
  const good = new Set<string>();
  let count = 0;
  const server = await startServer(async (request, response) => {
    const { host, authorization } = request.headers;
    if (request.url?.startsWith("/token") === true) {
      if ((await rules.onToken?.(request, response)) === true) return;
      count += 1;
      good.add(`Bearer token${count}`);
      json(response, 200, { token: `token${count}`, expires_in: rules.lifetimeSec ?? 300 });
    } else if (good.has(authorization ?? "")) response.end("hello");
    else {
      const challenge = `Bearer realm="http://${host}/token",service="the service"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
    }
  });
  return { ...server, good };
}

const tokenQueries = ({ requests }: TestServer): readonly string[] =>
  requests.filter(({ url }) => url.startsWith("/token")).map(({ url }) => decodeURIComponent(url));

describe("a registry that wants tokens", () => {
  it("gets an anonymous one where nobody is logged in", async () => {
    const server = await tokenRegistry();
    const { transport } = testTransport();
    expect(await textOf(transport, readRequest(server.host))).toBe("hello");
    expect(tokenQueries(server)).toEqual(["/token?service=the+service&scope=repository:team/app:pull"]);
    expect(server.requests.find(({ url }) => url.startsWith("/token"))?.authorization).toBeUndefined();
  });

  it("gets one for who is logged in, by name and password", async () => {
    const server = await tokenRegistry();
    const { transport } = testTransport({ credentials: always(basic) });
    expect(await textOf(transport, readRequest(server.host))).toBe("hello");
    expect(tokenQueries(server)).toEqual([
      "/token?service=the+service&scope=repository:team/app:pull&account=me",
    ]);
    expect(server.requests.find(({ url }) => url.startsWith("/token"))?.authorization).toBe(
      "Basic bWU6cGFzc3dvcmQ=",
    );
  });

  it("gets one for an identity token by OAuth2, and the new identity token from then on", async () => {
    const forms: string[] = [];
    const server = await tokenRegistry({
      async onToken(request, response) {
        let form = "";
        for await (const chunk of request) form += String(chunk);
        forms.push(`${request.method} ${request.headers["content-type"]} ${decodeURIComponent(form)}`);
        if (forms.length === 1) server.good.add("Bearer first");
        else server.good.add("Bearer second");
        json(response, 200, { access_token: forms.length === 1 ? "first" : "second", refresh_token: "new" });
        return true;
      },
    });
    const credential = { kind: "identity-token", identityToken: "old" } as const;
    const { transport } = testTransport({ credentials: always(credential) });
    await textOf(transport, readRequest(server.host));
    server.good.clear();
    await textOf(transport, readRequest(server.host));
    const form = (token: string): string =>
      `POST application/x-www-form-urlencoded grant_type=refresh_token&client_id=oci-build&service=the+service&scope=repository:team/app:pull&refresh_token=${token}`;
    expect(forms).toEqual([form("old"), form("new")]);
  });

  it("gets a token that was given beforehand, and no token server is asked", async () => {
    const server = await tokenRegistry();
    server.good.add("Bearer given");
    const { transport } = testTransport({ credentials: always({ kind: "bearer", token: "given" }) });
    expect(await textOf(transport, readRequest(server.host))).toBe("hello");
    expect(tokenQueries(server)).toEqual([]);
  });

  it("gets the same token again for the same and for less", async () => {
    const server = await tokenRegistry();
    const { transport } = testTransport();
    const wide = [{ repository: "a", actions: ["pull", "push"] as const }];
    const narrow = [{ repository: "a", actions: ["pull"] as const }];
    for (const scopes of [wide, wide, narrow]) await textOf(transport, readRequest(server.host, { scopes }));
    expect(tokenQueries(server)).toHaveLength(1);
    const both = [...narrow, { repository: "b", actions: ["pull"] as const }];
    await textOf(transport, readRequest(server.host, { scopes: both }));
    expect(tokenQueries(server).at(-1)).toBe(
      "/token?service=the+service&scope=repository:a:pull&scope=repository:b:pull",
    );
  });

  it("is asked for one token by many requests at once", async () => {
    const server = await tokenRegistry();
    const { transport } = testTransport();
    await Promise.all([1, 2, 3, 4, 5].map(() => textOf(transport, readRequest(server.host))));
    expect(tokenQueries(server)).toHaveLength(1);
  });

  it("gets a new token before the old one ends", async () => {
    const server = await tokenRegistry({ lifetimeSec: 120 });
    const clock = testClock();
    const { transport } = testTransport({ clock });
    await textOf(transport, readRequest(server.host));
    clock.advance(90_000);
    await textOf(transport, readRequest(server.host));
    expect(tokenQueries(server)).toHaveLength(1);
    clock.advance(11_000);
    await textOf(transport, readRequest(server.host));
    expect(tokenQueries(server)).toHaveLength(2);
    expect(server.requests.filter(({ authorization }) => authorization === undefined)).toHaveLength(4);
  });

  it("gets a new token when it no longer believes the old one, once", async () => {
    const server = await tokenRegistry();
    const { transport } = testTransport();
    await textOf(transport, readRequest(server.host));
    server.good.clear();
    expect(await textOf(transport, readRequest(server.host, { method: "PUT", retry: "never" }))).toBe(
      "hello",
    );
    expect(tokenQueries(server)).toHaveLength(2);
  });

  it("is not asked without end", async () => {
    const server = await startServer((request, response) => {
      if (request.url?.startsWith("/token") === true) json(response, 200, { token: "t" });
      else {
        const challenge = `Bearer realm="http://${request.headers.host}/token"`;
        response.writeHead(401, { "www-authenticate": challenge }).end();
      }
    });
    const { transport } = testTransport({ credentials: always(basic) });
    await expect(transport.request(readRequest(server.host))).rejects.toMatchObject({
      code: "REGISTRY_UNAUTHORIZED",
      exitCode: 1,
      data: { status: 401 },
    });
    expect(server.requests.length).toBeLessThanOrEqual(4);
  });

  it("may name scopes of its own, which are asked for too", async () => {
    const server = await startServer((request, response) => {
      if (request.url?.startsWith("/token") === true) json(response, 200, { token: "t" });
      else if (request.headers.authorization !== undefined) response.end("hello");
      else {
        const scope = "repository:team/app:pull repository:team/base:pull";
        const challenge = `Bearer realm="http://${request.headers.host}/token",scope="${scope}"`;
        response.writeHead(401, { "www-authenticate": challenge }).end();
      }
    });
    const { transport } = testTransport();
    await textOf(transport, readRequest(server.host));
    expect(tokenQueries(server)).toEqual([
      "/token?scope=repository:team/app:pull&scope=repository:team/base:pull",
    ]);
  });

  it.each([401, 403, 400])(
    "says that the login is refused when its token server answers %i",
    async (status) => {
      const credential = { kind: "identity-token", identityToken: "stale" } as const;
      const server = await tokenRegistry({
        onToken: (_, response) => {
          json(response, status, { error: "invalid_grant", error_description: "stale is no good" });
          return true;
        },
      });
      const { transport } = testTransport({ credentials: always(credential) });
      await expect(transport.request(readRequest(server.host))).rejects.toMatchObject({
        code: status === 403 ? "REGISTRY_FORBIDDEN" : "REGISTRY_UNAUTHORIZED",
        data: { url: `${server.url}/token`, errors: [{ code: "invalid_grant", message: "*** is no good" }] },
      });
    },
  );

  it("waits for a token server that is busy", async () => {
    let count = 0;
    const server = await tokenRegistry({
      onToken: (_, response) => {
        count += 1;
        if (count < 3) response.writeHead(503).end();
        return count < 3;
      },
    });
    const { transport } = testTransport();
    expect(await textOf(transport, readRequest(server.host))).toBe("hello");
  });

  it("does not wait for one that stays busy over and over", async () => {
    const server = await tokenRegistry({
      onToken: (_, response) => {
        response.writeHead(503).end();
        return true;
      },
    });
    const { transport, warnings } = testTransport();
    await expect(transport.request(readRequest(server.host))).rejects.toMatchObject({
      code: "REGISTRY_REQUEST_FAILED",
      data: { status: 503, url: `${server.url}/token` },
    });
    expect(tokenQueries(server)).toHaveLength(5);
    expect(warnings).toHaveLength(4);
  });

  it("does not wait for one whose connections break over and over", async () => {
    const server = await tokenRegistry({
      onToken: (request) => {
        request.socket.destroy();
        return true;
      },
    });
    const { transport } = testTransport();
    await expect(transport.request(readRequest(server.host))).rejects.toMatchObject({
      code: "REGISTRY_UNREACHABLE",
    });
    expect(tokenQueries(server)).toHaveLength(5);
  });

  it.each<[string, (response: ServerResponse) => void, string]>([
    ["no token", (response) => json(response, 200, {}), "token-invalid"],
    ["a line break", (response) => json(response, 200, { token: "a\r\nb: c" }), "token-invalid"],
    ["without end", (response) => void response.end(Buffer.alloc(300 * 1024)), "body-too-large"],
  ])("refuses a token server's answer: %s", async (_, answer, problem) => {
    const server = await tokenRegistry({
      onToken: (_request, response) => {
        answer(response);
        return true;
      },
    });
    const { transport } = testTransport();
    await expect(transport.request(readRequest(server.host))).rejects.toMatchObject({ data: { problem } });
  });
});

describe("a registry that wants a name and password", () => {
  const challenging = (): Promise<TestServer> =>
    startServer((request, response) => {
      if (request.headers.authorization === "Basic bWU6cGFzc3dvcmQ=") response.end("hello");
      else response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
    });

  it("gets them, and from then on with each request", async () => {
    const server = await challenging();
    const { transport } = testTransport({ credentials: always(basic) });
    await textOf(transport, readRequest(server.host));
    await textOf(transport, readRequest(server.host));
    expect(server.requests.map(({ authorization }) => authorization === undefined)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it.each([
    ["nobody is logged in", undefined, /Log in with oci-build login/],
    ["the password is wrong", { ...basic, password: "wrong" }, /Look at the login for .*, at what it allows/],
  ] as const)("says so when %s", async (_, credential, hint) => {
    const server = await challenging();
    const { transport } = testTransport({ credentials: always(credential) });
    await expect(transport.request(readRequest(server.host))).rejects.toMatchObject({
      code: "REGISTRY_UNAUTHORIZED",
      hint: expect.stringMatching(hint),
    });
  });

  it("is asked about by repository, each once", async () => {
    const asked: unknown[] = [];
    const server = await challenging();
    const credentials: Credentials = {
      async find(registry, repository) {
        asked.push([registry, repository]);
        return basic;
      },
    };
    const { transport } = testTransport({ credentials });
    for (let i = 0; i < 3; i += 1) await textOf(transport, readRequest(server.host));
    await textOf(transport, readRequest(server.host, { scopes: [] }));
    expect(asked).toEqual([
      [server.host, "team/app"],
      [server.host, undefined],
    ]);
  });
});

describe("credentials", () => {
  it.each([
    'Bearer service="x"',
    'Bearer realm="not a url"',
    'Bearer realm="ftp://a.example/"',
    'Bearer realm="https://user:pass@a.example/"',
    "Negotiate",
  ])("are not shown for %s", async (challenge) => {
    const server = await startServer(
      (_, response) => void response.writeHead(401, { "www-authenticate": challenge }).end(),
    );
    const { transport } = testTransport({ credentials: always(basic) });
    await expect(transport.request(readRequest(server.host))).rejects.toMatchObject({
      code: "REGISTRY_RESPONSE_INVALID",
      data: { problem: "challenge-invalid" },
    });
  });

  /** A registry of a made-up name without https, whose challenge names a realm. */
  async function plainRegistry(realm: string, insecure: readonly string[]) {
    const token = await startServer((_, response) => json(response, 200, { token: "t" }));
    const registry = await startServer((request, response) => {
      if (request.headers.authorization !== undefined) response.end("hello");
      else response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}"` }).end();
    });
    const ports = {
      "registry.example:5000": registry.port,
      "registry.example:5001": token.port,
      "auth.example:80": token.port,
    };
    const proxy = await startProxy({ ports });
    const { transport } = testTransport({
      env: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url },
      credentials: always(basic),
      settings: (name) => ({ insecure: insecure.includes(name) }),
    });
    return { transport, token };
  }

  it.each<[string, string, readonly string[], "sent" | "refused"]>([
    ["another host without https", "http://auth.example/token", [], "refused"],
    ["another host that is called insecure", "http://auth.example/token", ["auth.example"], "sent"],
    ["the registry's own host", "http://registry.example:5001/token", [], "sent"],
    ["a program on this machine", "http://127.0.0.1:9/token", [], "refused"],
  ])("of a registry that names %s as its token server are %4$s", async (_, realm, insecure, outcome) => {
    const { transport, token } = await plainRegistry(realm, ["registry.example:5000", ...insecure]);
    const request = textOf(transport, readRequest("registry.example:5000"));
    if (outcome === "sent") expect(await request).toBe("hello");
    else {
      await expect(request).rejects.toMatchObject({
        code: "REGISTRY_RESPONSE_INVALID",
        data: { problem: "realm-insecure" },
        hint: expect.stringContaining("--insecure-registry"),
      });
      expect(token.requests).toEqual([]);
    }
  });

  it("are not sent to a mirror without https, and a warning says so once", async () => {
    const mirror = await startServer(
      (_, response) => void response.writeHead(401, { "www-authenticate": "Basic" }).end(),
    );
    const registry = await startServer((_, response) => void response.end("registry"));
    const proxy = await startProxy({ ports: { "mirror.example:80": mirror.port } });
    const { transport, warnings } = testTransport({
      env: { HTTP_PROXY: proxy.url },
      credentials: always(basic),
      settings: () => ({ mirrors: ["http://mirror.example"] }),
    });
    expect(await textOf(transport, readRequest(registry.host, { mirrors: "ask" }))).toBe("registry");
    expect(mirror.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
    expect(warnings.filter((text) => text.startsWith("REGISTRY_CREDENTIALS_IGNORED"))).toHaveLength(1);
  });
});

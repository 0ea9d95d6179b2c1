import type { IncomingMessage, ServerResponse } from "node:http";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { startProxy } from "../../test/support/test-proxy.js";
import { json, startServer } from "../../test/support/test-server.js";
import { readRequest, testTransport, textOf } from "../../test/support/test-transport.js";
import type { Credential } from "../auth/credentials.js";

const PASSWORD = 'pa"ss/wörd+1';
const IDENTITY = "identity-4711";
const TOKEN = "token-0815";
const SIGNATURE = "sig-9999";

/** All that must not be seen, however it is spelled. */
const SECRETS = [PASSWORD, `user:${PASSWORD}`, IDENTITY, TOKEN, SIGNATURE].flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString("base64"),
]);

const credentials: readonly Credential[] = [
  { kind: "basic", username: "user", password: PASSWORD },
  { kind: "identity-token", identityToken: IDENTITY },
  { kind: "bearer", token: TOKEN },
];

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Repeats all that it was sent. */
async function echo(request: IncomingMessage, response: ServerResponse, status: number): Promise<void> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const { authorization = "" } = request.headers;
  const decoded = Buffer.from(authorization.replace(/^\w+ /, ""), "base64").toString();
  const message = `${authorization} ${decoded} ${decodeURIComponent(body)} ${body} ${request.url}`;
  response.setHeader("x-echo", encodeURIComponent(authorization));
  json(response, status, { errors: [{ code: authorization || "X", message }], error_description: message });
}

const challenge = (request: IncomingMessage, response: ServerResponse, kind: "Basic" | "Bearer"): void => {
  const realm = kind === "Basic" ? "r" : `http://${request.headers.host}/token?sig=${SIGNATURE}`;
  response.writeHead(401, { "www-authenticate": `${kind} realm="${realm}"` }).end();
};

/** What a registry does with who logged in. */
const failures: Readonly<Record<string, Handler>> = {
  "repeats what it got, with 400": (request, response) => echo(request, response, 400),
  "repeats what it got, with 401": (request, response) => echo(request, response, 401),
  "repeats what it got, with 403": (request, response) => echo(request, response, 403),
  "repeats what it got, with 429": (request, response) => echo(request, response, 429),
  "repeats what it got, with 500": (request, response) => echo(request, response, 500),
  "cuts the connection": (request) => void request.socket.destroy(),
  "redirects to an address with all of it, and there is nobody": (request, response) => {
    const { authorization = "" } = request.headers;
    const location = `http://127.0.0.1:1/${encodeURIComponent(authorization)}?sig=${SIGNATURE}`;
    response.writeHead(307, { location }).end();
  },
  "redirects in a loop": (_, response) =>
    void response.writeHead(307, { location: `?sig=${SIGNATURE}` }).end(),
  "gives a body that breaks off": (request, response) => {
    response.writeHead(200, { "content-length": "1000" }).write(request.headers.authorization ?? "");
    setTimeout(() => request.socket.destroy(), 5);
  },
  "answers with what is no HTTP": (request) =>
    void request.socket.end(`${request.headers.authorization}\r\n\r\n`),
};

const tokenAnswers: Readonly<Record<string, Handler>> = {
  "gives a token": (_, response) => json(response, 200, { token: TOKEN }),
  "repeats what it got": (request, response) => echo(request, response, 401),
  "gives what is no token": (_, response) => json(response, 200, { token: `${TOKEN}\n` }),
};

const matrix = credentials.flatMap((credential) =>
  (["Basic", "Bearer"] as const).flatMap((kind) =>
    Object.keys(failures).flatMap((failure) =>
      Object.keys(tokenAnswers)
        .filter((answer) => kind === "Bearer" || answer === "gives a token")
        .map((answer) => ({ credential, kind, failure, answer, told: credential.kind })),
    ),
  ),
);

/** All that a user or a log could get to see. */
async function seenOf(work: Promise<unknown>, warnings: readonly string[]): Promise<string> {
  const failure: unknown = await work.catch((error: unknown) => error);
  const shown = inspect(failure, { depth: null, showHidden: true, maxStringLength: null });
  return [shown, JSON.stringify(failure), String(failure), ...warnings].join("\n");
}

function found(text: string): readonly string[] {
  return SECRETS.filter((secret) => text.includes(secret));
}

describe("no secret is seen", () => {
  it.each(matrix)(
    "of $told with $kind when the registry $failure and its token server $answer",
    async (one) => {
      const server = await startServer(async (request, response) => {
        if (request.url === "/v2/") response.end();
        else if (request.url?.startsWith("/token") === true)
          await tokenAnswers[one.answer]?.(request, response);
        else if (request.headers.authorization === undefined) challenge(request, response, one.kind);
        else await failures[one.failure]?.(request, response);
      });
      const { transport, warnings } = testTransport({ credentials: { find: async () => one.credential } });
      const target = `/v2/team/app/blobs/uploads/1?_state=${SIGNATURE}`;
      const seen = await seenOf(textOf(transport, readRequest(server.host, { target })), warnings);
      expect(found(seen)).toEqual([]);
    },
  );

  it("of a proxy's address", async () => {
    const proxy = await startProxy({ ports: {}, login: "nobody:else" });
    const url = proxy.url.replace("://", `://me:${encodeURIComponent(PASSWORD)}@`);
    for (const insecure of [true, false]) {
      const { transport, warnings } = testTransport({
        env: { HTTP_PROXY: url, HTTPS_PROXY: url },
        settings: () => ({ insecure }),
      });
      const seen = await seenOf(transport.request(readRequest("registry.example")), warnings);
      expect(seen).toContain("REGISTRY_");
      expect(found(seen)).toEqual([]);
    }
  });
});

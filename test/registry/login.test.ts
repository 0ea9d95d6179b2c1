import { inspect } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type Credential,
  type Credentials,
  pushImage,
  type RegistryClientOptions,
} from "../../packages/registry/src/index.js";
import { busyboxLayout } from "../support/registry/busybox-image.js";
import { type CertificateAuthority, makeCertificateAuthority } from "../support/registry/certificates.js";
import { pulledDigests, testClient } from "../support/registry/client.js";
import { toolObstacle, unlessObstacle } from "../support/registry/obstacle.js";
import { openedLayout } from "../support/registry/opened-layout.js";
import { startRegistry } from "../support/registry/registry-server.js";
import { skopeoCopy, skopeoDigests } from "../support/registry/skopeo.js";
import { startTokenServer, type TokenServerOptions } from "../support/registry/token-server.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "openssl", "htpasswd", "busybox");

const PASSWORD = "pass:with:colons and ünïcödé";
const ann = { kind: "basic", username: "ann", password: PASSWORD } as const;

/** Credentials for any registry, and whom they were asked for. */
function only(credential: Credential | undefined): Credentials & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async find(registry) {
      asked.push(registry);
      return credential;
    },
  };
}

describe.skipIf(obstacle)(unlessObstacle("a registry with passwords over TLS", obstacle), () => {
  let authority: CertificateAuthority;
  let image: string;
  beforeAll(() => {
    authority = makeCertificateAuthority();
    image = busyboxLayout().image("one");
  });
  const start = () => startRegistry({ tls: authority.issue("server"), users: { ann: PASSWORD } });
  const trusting = (more: RegistryClientOptions): RegistryClientOptions => ({
    settings: () => ({ ca: authority.cert }),
    ...more,
  });

  it("is pushed to and pulled from by who may", async () => {
    await using registry = await start();
    const credentials = only(ann);
    await using client = testClient(trusting({ credentials }));
    const repository = client.repository({ registry: registry.name, repository: "app" });
    await using source = await openedLayout(image);
    await pushImage(repository, { ...source, tags: ["1"] });
    const statuses = (await registry.requests()).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(1);
    const access = { authority: authority.certFile, login: `ann:${PASSWORD}` };
    const pushed = `docker://${registry.name}/app:1`;
    expect(await skopeoDigests(pushed, access)).toEqual(await pulledDigests(repository, "1"));
    expect(credentials.asked).toEqual([registry.name]);
    await expect(client.checkLogin(registry.name)).resolves.toBeUndefined();
  });

  it.each<readonly [name: string, credential: Credential | undefined]>([
    ["nobody", undefined],
    ["a wrong password", { ...ann, password: "wrong-password" }],
    ["an unknown user", { ...ann, username: "bob" }],
  ])("refuses %s, with a code and without the password", async (_name, credential) => {
    await using registry = await start();
    await using client = testClient(trusting({ credentials: only(credential) }));
    const repository = client.repository({ registry: registry.name, repository: "app" });
    const failures = [
      await failure(client.checkLogin(registry.name)),
      await failure(repository.manifest("1")),
      await failure(repository.resolve("1")),
    ];
    for (const error of failures) {
      expect(error).toMatchObject({ code: "REGISTRY_UNAUTHORIZED" });
      expectNoSecret(error, [PASSWORD, "wrong-password"]);
    }
    expect((await registry.requests()).length).toBeLessThanOrEqual(7);
  });

  it("is not believed when another authority is named", async () => {
    await using registry = await start();
    const credentials = only(ann);
    const { cert } = makeCertificateAuthority();
    const warnings: unknown[] = [];
    await using client = testClient({
      credentials,
      settings: () => ({ ca: cert }),
      onWarning: (warning) => warnings.push(warning),
    });
    const repository = client.repository({ registry: registry.name, repository: "app" });
    await expect(repository.manifest("1")).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
    expect(credentials.asked).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it("is believed without its authority when it may be insecure", async () => {
    await using registry = await start();
    await using client = testClient({ credentials: only(ann), settings: () => ({ insecure: true }) });
    await client.checkLogin(registry.name);
  });

  it("knows who shows a client certificate", async () => {
    const certificate = authority.issue("client");
    const tls = { ...authority.issue("server"), clientAuthority: authority.certFile };
    await using registry = await startRegistry({ tls, clientCertificate: certificate });
    const shown = { cert: certificate.cert, key: certificate.key };
    await using client = testClient({ settings: () => ({ ca: authority.cert, clientCertificate: shown }) });
    await client.checkLogin(registry.name);
    await using stranger = testClient(trusting({}));
    const error = await failure(stranger.checkLogin(registry.name));
    expect(error).toMatchObject({ code: "REGISTRY_UNREACHABLE" });
  });
});

describe.skipIf(obstacle)(unlessObstacle("a registry with tokens", obstacle), () => {
  let authority: CertificateAuthority;
  let image: string;
  beforeAll(() => {
    authority = makeCertificateAuthority();
    image = busyboxLayout().image("one");
  });
  const tokens = (options: Partial<TokenServerOptions> = {}) =>
    startTokenServer({
      signer: authority.issue("tokens"),
      authority: authority.certFile,
      users: { ann: PASSWORD },
      allow: (user) => (user === "ann" ? ["pull", "push", "delete"] : ["pull"]),
      ...options,
    });

  it("is pulled from by anybody, and pushed to by who may", async () => {
    await using server = await tokens();
    await using registry = await startRegistry({ token: server.registryToken });
    const place = { registry: registry.name, repository: "team/app" };
    await using client = testClient({ credentials: only(ann) });
    await using source = await openedLayout(image);
    await pushImage(client.repository(place), { ...source, tags: ["1"] });
    await using stranger = testClient();
    const pulled = await pulledDigests(stranger.repository(place), "1");
    expect(pulled).toEqual(await skopeoDigests(`docker://${registry.name}/team/app:1`));
    const error = await failure(pushImage(stranger.repository(place), { ...source, tags: ["2"] }));
    expect(error).toMatchObject({
      code: expect.stringMatching(/^REGISTRY_(UNAUTHORIZED|FORBIDDEN)$/) as unknown,
    });
  });

  it("asks for one token for all of a pull, and for one more for a push", async () => {
    await using server = await tokens();
    await using registry = await startRegistry({ token: server.registryToken });
    await skopeoCopy(image, `docker://${registry.name}/app:1`, { login: `ann:${PASSWORD}` });
    const asked = server.requests.length;
    await using client = testClient({ credentials: only(ann) });
    const repository = client.repository({ registry: registry.name, repository: "app" });
    await pulledDigests(repository, "1");
    expect(server.requests.slice(asked).map(({ scopes }) => scopes)).toEqual([["repository:app:pull"]]);
    await using source = await openedLayout(image);
    await pushImage(repository, { ...source, tags: ["2"] });
    const scopes = server.requests.slice(asked).flatMap((request) => request.scopes);
    expect(scopes).toHaveLength(2);
    expect(scopes[1]).toMatch(/^repository:app:p(ull,push|ush,pull)$/);
  });

  it.each(["token", "access_token"] as const)("takes the token by the name %s", async (field) => {
    await using server = await tokens({ field });
    await using registry = await startRegistry({ token: server.registryToken });
    await using client = testClient({ credentials: only(ann) });
    await client.checkLogin(registry.name);
    const repository = client.repository({ registry: registry.name, repository: "app" });
    await expect(repository.resolve("none")).resolves.toBeUndefined();
  });

  it("takes an identity token for a password", async () => {
    await using server = await tokens({ refreshTokens: { "refresh-me": "ann" } });
    await using registry = await startRegistry({ token: server.registryToken });
    const credential = { kind: "identity-token", identityToken: "refresh-me" } as const;
    await using client = testClient({ credentials: only(credential) });
    const repository = client.repository({ registry: registry.name, repository: "app" });
    await using source = await openedLayout(image);
    await pushImage(repository, { ...source, tags: ["1"] });
    expect(server.requests.at(-1)).toMatchObject({ method: "POST", by: "refresh_token", user: "ann" });
  });

  it("refuses a wrong password at the token server, and tells no secret", async () => {
    await using server = await tokens();
    await using registry = await startRegistry({ token: server.registryToken });
    const credentials = only({ ...ann, password: "wrong-password" });
    await using client = testClient({ credentials });
    const repository = client.repository({ registry: registry.name, repository: "app" });
    for (const error of [
      await failure(client.checkLogin(registry.name)),
      await failure(repository.manifest("1")),
    ]) {
      expect(error).toMatchObject({ code: "REGISTRY_UNAUTHORIZED" });
      expectNoSecret(error, ["wrong-password"]);
    }
  });

  it("gets a new token when one runs out, however long it said it was good for", async () => {
    await using server = await tokens({ saysSec: 3600 });
    await using registry = await startRegistry({ token: server.registryToken });
    await skopeoCopy(image, `docker://${registry.name}/app:1`, { login: `ann:${PASSWORD}` });
    server.setValidity(1);
    await using client = testClient({ credentials: only(ann) });
    const repository = client.repository({ registry: registry.name, repository: "app" });
    await repository.manifest("1");
    await new Promise((resolve) => setTimeout(resolve, 2100));
    server.setValidity(300);
    const asked = server.requests.length;
    await repository.manifest("1");
    expect(server.requests.length - asked).toBe(1);
  });

  it("gives up on a token server whose tokens are never good", async () => {
    await using server = await tokens({ validForSec: -100, saysSec: 3600 });
    await using registry = await startRegistry({ token: server.registryToken });
    await using client = testClient({ credentials: only(ann) });
    const repository = client.repository({ registry: registry.name, repository: "app" });
    expect(await failure(repository.manifest("1"))).toMatchObject({ code: "REGISTRY_UNAUTHORIZED" });
    expect(server.requests.length).toBeLessThanOrEqual(3);
  });
});

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Everything that a program could write of an error. */
function expectNoSecret(error: unknown, secrets: readonly string[]): void {
  const told = [inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error)];
  for (const secret of secrets) {
    const forms = [
      secret,
      encodeURIComponent(secret),
      Buffer.from(`ann:${secret}`, "utf8").toString("base64"),
    ];
    for (const text of told) for (const form of forms) expect(text).not.toContain(form);
  }
}

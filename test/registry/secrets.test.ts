import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../support/build-folder.js";
import { busyboxLayout } from "../support/registry/busybox-image.js";
import { makeCertificateAuthority } from "../support/registry/certificates.js";
import { type ConnectProxy, startConnectProxy } from "../support/registry/connect-proxy.js";
import { toolObstacle, unlessObstacle } from "../support/registry/obstacle.js";
import { type RegistryServer, startRegistry } from "../support/registry/registry-server.js";
import { skopeoCopy } from "../support/registry/skopeo.js";
import { startTokenServer, type TokenServer } from "../support/registry/token-server.js";
import { type CommandResult, runOciBuild } from "../support/run-command.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "openssl", "busybox");

const PASSWORD = "p4ssw0rd-of-ann";
const WRONG = "wr0ng-p4ssw0rd";
const PROXY_PASSWORD = "pr0xy-p4ssw0rd";
const REFRESH = "refr3sh-token-of-ann";
const HOST = "registry.test";

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");

/** How talkative the command can be made. */
const debugging: readonly Readonly<Record<string, string>>[] = [
  {},
  { DEBUG: "*", NODE_DEBUG: "undici,fetch,net,tls,https", OCI_BUILD_DEBUG: "1" },
];

describe.skipIf(obstacle)(unlessObstacle("no password and no token", obstacle), () => {
  let tokens: TokenServer;
  let registry: RegistryServer;
  let proxy: ConnectProxy;
  let home: string;
  let context: string;
  let authority: ReturnType<typeof makeCertificateAuthority>;
  /** As the proxy knows it. */
  let name: string;

  beforeAll(async () => {
    authority = makeCertificateAuthority();
    const certificate = authority.issue("server", [HOST, "localhost"]);
    tokens = await startTokenServer({
      signer: authority.issue("tokens"),
      authority: authority.certFile,
      tls: certificate,
      users: { ann: PASSWORD },
      refreshTokens: { [REFRESH]: "ann" },
      allow: (user) => (user === "ann" ? ["pull", "push"] : []),
    });
    registry = await startRegistry({ tls: certificate, token: tokens.registryToken });
    proxy = await startConnectProxy(`carl:${PROXY_PASSWORD}`);
    name = `${HOST}:${registry.port}`;
    // skopeo knows no other host than this one.
    await skopeoCopy(busyboxLayout().image("one"), `docker://${registry.name}/team/base:1`, {
      login: `ann:${PASSWORD}`,
    });
    context = temporaryFolder();
    writeFiles(context, { "a.txt": "a", Dockerfile: `FROM ${name}/team/base:1\nCOPY a.txt .\n` });
    return async () => {
      await registry.stop();
      await tokens[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    };
  });

  /** A user's folder with a login. */
  function homeWith(login: object): string {
    home = temporaryFolder();
    writeFiles(home, {
      [`.docker/certs.d/${name}/ca.crt`]: authority.cert,
      ".docker/config.json": JSON.stringify({ auths: { [name]: login } }),
    });
    return home;
  }

  async function run(
    args: readonly string[],
    { debug, input }: { readonly debug: Readonly<Record<string, string>>; readonly input?: string },
  ): Promise<CommandResult> {
    const env = { HOME: home, HTTPS_PROXY: proxy.url, NO_PROXY: "", ...debug };
    return await runOciBuild(args, { cwd: home, env, ...(input === undefined ? {} : { input }) });
  }

  /** All that the command said or wrote, but for the file that keeps logins. */
  function expectNoSecret({ stdout, stderr }: CommandResult): void {
    const secrets = [PASSWORD, WRONG, PROXY_PASSWORD, REFRESH, ...tokens.issued];
    const forms = secrets.flatMap((secret) => [
      secret,
      base64(`ann:${secret}`),
      base64(secret),
      base64(`carl:${secret}`),
    ]);
    const files = fs
      .readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== "config.json")
      .map((entry) => path.join(entry.parentPath, entry.name));
    for (const form of forms) {
      expect(stdout).not.toContain(form);
      expect(stderr).not.toContain(form);
    }
    for (const file of files) {
      const bytes = fs.readFileSync(file);
      expect(
        forms.filter((form) => bytes.includes(form)),
        file,
      ).toEqual([]);
    }
  }

  const goodLogin = { auth: base64(`ann:${PASSWORD}`) };
  const progresses = ["plain", "rawjson", "quiet", "tty"];

  it.each(debugging.flatMap((debug) => progresses.map((progress) => ({ progress, debug }))))(
    "is told or written by a build: $progress, $debug",
    async ({ progress, debug }) => {
      homeWith(goodLogin);
      const outputs = [
        "-o",
        "type=oci,dest=image.tar,tar=true",
        "--metadata-file",
        "metadata.json",
        "--explain",
      ];
      const args = ["--cache-dir", path.join(home, "cache"), ...outputs, `--progress=${progress}`, context];
      const built = await run(args, { debug });
      expect(built).toMatchObject({ exitCode: 0 });
      expect(tokens.requests.at(-1)).toMatchObject({ user: "ann", status: 200 });
      expect(tokens.issued.length).toBeGreaterThan(0);
      if (debug["DEBUG"] !== undefined) expect(built.stderr).toMatch(/^(?:NET|TLS|UNDICI) \d+:/m);
      expectNoSecret(built);
    },
  );

  it.each(
    debugging.flatMap((debug) => [{ auth: base64(`ann:${WRONG}`) }, {}].map((login) => ({ login, debug }))),
  )("is told by a build that is refused: $login, $debug", async ({ login, debug }) => {
    homeWith(login);
    const refused = await run(["--cache-dir", path.join(home, "cache"), "--progress=plain", context], {
      debug,
    });
    expect(refused).toMatchObject({ exitCode: 1 });
    expect(refused.stderr).toMatch(/REGISTRY_(UNAUTHORIZED|FORBIDDEN)/);
    expectNoSecret(refused);
  });

  it("is told of an identity token", async () => {
    homeWith({ auth: base64("<token>:"), identitytoken: REFRESH });
    const built = await run(["--cache-dir", path.join(home, "cache"), "-o", "type=oci,dest=i.tar", context], {
      debug: {},
    });
    expect(built).toMatchObject({ exitCode: 0 });
    expect(tokens.requests.at(-1)).toMatchObject({ by: "refresh_token", user: "ann" });
    expectNoSecret(built);
  });

  it.each(debugging)("is told by login, good or bad: %o", async (debug) => {
    homeWith({});
    const args = ["login", "--username", "ann", "--password-stdin", name];
    const refused = await run(args, { debug, input: `${WRONG}\n` });
    expect(refused).toMatchObject({ exitCode: 1 });
    expectNoSecret(refused);
    const good = await run(args, { debug, input: `${PASSWORD}\n` });
    expect(good).toMatchObject({ exitCode: 0 });
    expectNoSecret(good);
    const config = fs.readFileSync(path.join(home, ".docker/config.json"), "utf8");
    expect(JSON.parse(config)).toMatchObject({ auths: { [name]: goodLogin } });
    expect(fs.statSync(path.join(home, ".docker/config.json")).mode & 0o077).toBe(0);
    const out = await run(["logout", name], { debug });
    expect(out).toMatchObject({ exitCode: 0 });
    expect(fs.readFileSync(path.join(home, ".docker/config.json"), "utf8")).not.toContain(goodLogin.auth);
  });

  it("of the proxy is told when the proxy refuses it", async () => {
    homeWith(goodLogin);
    const env = { HOME: home, HTTPS_PROXY: proxy.url.replace("carl", "bob"), NO_PROXY: "" };
    const refused = await runOciBuild(["--cache-dir", path.join(home, "cache"), context], { cwd: home, env });
    expect(refused).toMatchObject({ exitCode: 3 });
    expectNoSecret(refused);
  });
});

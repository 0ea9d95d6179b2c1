import path from "node:path";
import { build, type Credential } from "oci-build";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { isBlobRead } from "./support/registry/access-log.js";
import { busyboxLayout } from "./support/registry/busybox-image.js";
import { type Certificate, makeCertificateAuthority } from "./support/registry/certificates.js";
import { toolObstacle, unlessObstacle } from "./support/registry/obstacle.js";
import { type RegistryServer, startRegistry } from "./support/registry/registry-server.js";
import { skopeoCopy, skopeoDigests } from "./support/registry/skopeo.js";
import { type CommandResult, runOciBuild } from "./support/run-command.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "busybox", "openssl", "htpasswd");
const folder = temporaryFolder();
let context: string;
let count = 0;

beforeEach(() => {
  count += 1;
  context = path.join(folder, `context${count}`);
  writeFiles(context, { Dockerfile: "FROM scratch\nCOPY a.txt /\n", "a.txt": `${count}` });
});

describe.skipIf(obstacle !== undefined)(
  unlessObstacle("settings of a registry in oci-build.toml", obstacle),
  () => {
    let authorityFile: string;
    let client: Certificate;
    let guarded: RegistryServer;
    beforeAll(async () => {
      const authority = makeCertificateAuthority();
      authorityFile = authority.certFile;
      client = authority.issue("client");
      const tls = { ...authority.issue("server"), clientAuthority: authorityFile };
      guarded = await startRegistry({ tls, clientCertificate: client });
    }, 60_000);
    afterAll(() => guarded.stop());

    /** Pushes by the command with these lines in the registry's table. */
    function push(lines: readonly string[]): Promise<CommandResult> {
      const table = [`[registry."${guarded.name}"]`, ...lines];
      writeFiles(context, { "oci-build.toml": table.join("\n") });
      const args = [
        "--cache-dir",
        path.join(folder, "cache"),
        "--push",
        "-q",
        "-t",
        `${guarded.name}/app:${count}`,
      ];
      return runOciBuild([...args, context], { cwd: folder, env: { HOME: folder } });
    }

    const certificate = (): readonly string[] => [
      `cert = ${JSON.stringify(client.certFile)}`,
      `key = ${JSON.stringify(client.keyFile)}`,
    ];

    it("have it trusted by its authority and shown a certificate, by paths relative to the file", async () => {
      const ca = path.relative(context, authorityFile);
      const { exitCode, stdout, stderr } = await push([`ca = ${JSON.stringify(ca)}`, ...certificate()]);
      expect(stderr).toBe("");
      expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^sha256:/)]);
    });

    it("have it trusted unseen with insecure = true", async () => {
      expect(await push(["insecure = true", ...certificate()])).toMatchObject({ exitCode: 0 });
    });

    it("count for commands on images, too, from the working folder", async () => {
      expect(await push(["insecure = true", ...certificate()])).toMatchObject({ exitCode: 0 });
      const name = `docker://${guarded.name}/app:${count}`;
      const env = { HOME: folder, OCI_BUILD_CACHE_DIR: path.join(folder, "cache") };
      expect(await runOciBuild(["inspect", "--raw", name], { cwd: context, env })).toMatchObject({
        ...{ exitCode: 0, stderr: "" },
        stdout: expect.stringContaining("schemaVersion"),
      });
      writeFiles(context, {
        "oci-build.toml": [`[registry."${guarded.name}"]`, ...certificate()].join("\n"),
      });
      expect((await runOciBuild(["inspect", name], { cwd: context, env })).exitCode).toBe(3);
      const flag = ["--registry-ca", `${guarded.name}=${authorityFile}`];
      const trusted = await runOciBuild(["inspect", "--raw", ...flag, name], { cwd: context, env });
      expect(trusted).toMatchObject({ exitCode: 0, stderr: "" });
      const pushed = await runOciBuild(["--push", "-q", "-t", name.slice(9), ...flag, "."], {
        cwd: context,
        env,
      });
      expect(pushed).toMatchObject({ exitCode: 0, stderr: "" });
    });

    it.each<[string, () => readonly string[], string]>([
      ["is not trusted", certificate, "REGISTRY_UNREACHABLE"],
      ["has an authority file that is not there", () => ['ca = "none.pem"'], "OPTION_INVALID"],
      ["has a mirror named with a password", () => ['mirrors = ["https://a:hidden@b"]'], "OPTION_INVALID"],
    ])("end the build when it %s", async (_, lines, code) => {
      const { exitCode, stdout, stderr } = await push(lines());
      expect([exitCode === 0, stdout]).toEqual([false, ""]);
      expect(stderr).toContain(code);
      expect(stderr).not.toContain("hidden");
    });
  },
);

describe.skipIf(obstacle !== undefined)(unlessObstacle("the option registry of build", obstacle), () => {
  it("logs in with what its credentials give, asked once", async () => {
    await using locked = await startRegistry({ users: { me: "a secret word" } });
    const asked: string[] = [];
    const find = async (registry: string): Promise<Credential> => {
      asked.push(registry);
      return { kind: "basic", username: "me", password: "a secret word" };
    };
    const name = `${locked.name}/app:1`;
    const { digest } = await build({
      ...{
        context,
        tags: [name],
        output: { type: "registry" },
        cacheDir: path.join(folder, "cache"),
        env: {},
      },
      registry: { credentials: { find } },
    });
    expect(asked).toEqual([locked.name]);
    const digests = await skopeoDigests(`docker://${name}`, { login: "me:a secret word" });
    expect(digests).toContain(digest);
  });

  it("reads from the mirrors of its settings, and writes to the registry itself", async () => {
    await using origin = await startRegistry();
    await using mirror = await startRegistry({ mirrorOf: origin.url });
    await skopeoCopy(busyboxLayout().image("one"), `docker://${origin.name}/base:1`);
    await origin.newRequests();
    const name = `${origin.name}/app:1`;
    await build({
      ...{ context, tags: [name], cacheDir: path.join(folder, `cache${count}`), env: {} },
      dockerfile: { text: `FROM ${origin.name}/base:1\nCOPY --link --chown=1:1 a.txt /\n` },
      output: { type: "registry" },
      registry: { settings: { [origin.name]: { mirrors: [mirror.url] } } },
    });
    expect((await mirror.newRequests()).filter(isBlobRead)).toHaveLength(1);
    expect((await mirror.requests()).map(({ method }) => method)).not.toContain("PUT");
    expect(await skopeoDigests(`docker://${name}`)).toHaveLength(4);
  });
});

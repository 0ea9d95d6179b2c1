import path from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../support/build-folder.js";
import { isBlobRead, requestLines } from "../support/registry/access-log.js";
import { busyboxLayout } from "../support/registry/busybox-image.js";
import { makeCertificateAuthority } from "../support/registry/certificates.js";
import { debianObstacle } from "../support/registry/debian-image.js";
import { debianRegistry } from "../support/registry/debian-registry.js";
import { startFaultyFront } from "../support/registry/faulty-front.js";
import { toolObstacle, unlessObstacle } from "../support/registry/obstacle.js";
import { startRegistry } from "../support/registry/registry-server.js";
import { skopeo, skopeoCopy, skopeoRaw } from "../support/registry/skopeo.js";
import { startTokenServer } from "../support/registry/token-server.js";
import { type CommandResult, runOciBuild } from "../support/run-command.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "openssl", "htpasswd", "busybox");

let home: string;

beforeEach(() => {
  home = temporaryFolder();
  writeFiles(path.join(home, "context"), { "a.txt": "a" });
});

async function run(args: readonly string[], input = ""): Promise<CommandResult> {
  return await runOciBuild(args, { cwd: home, env: { HOME: home }, input });
}

async function buildFrom(reference: string, ...flags: readonly string[]): Promise<CommandResult> {
  writeFiles(home, { Dockerfile: `FROM ${reference}\nCOPY a.txt /etc/\n` });
  const places = ["-f", path.join(home, "Dockerfile"), "--cache-dir", path.join(home, "cache")];
  const output = ["-o", "type=oci,dest=image.tar", "--progress=plain"];
  return await run([...places, ...output, ...flags, path.join(home, "context")]);
}

describe.skipIf(obstacle)(unlessObstacle("FROM an image that not everybody may read", obstacle), () => {
  let image: string;
  beforeAll(() => {
    image = busyboxLayout().image("one");
  });

  it("is built on after login, and no more after logout", async () => {
    const authority = makeCertificateAuthority();
    await using registry = await startRegistry({ tls: authority.issue("server"), users: { ann: "s3cret" } });
    const access = { authority: authority.certFile, login: "ann:s3cret" };
    await skopeoCopy(image, `docker://${registry.name}/team/base:1`, access);
    writeFiles(home, { [`.docker/certs.d/${registry.name}/ca.crt`]: authority.cert });
    const reference = `${registry.name}/team/base:1`;
    expect(await buildFrom(reference)).toMatchObject({
      exitCode: 1,
      stderr: contains("REGISTRY_UNAUTHORIZED"),
    });
    const login = await run(["login", "-u", "ann", "--password-stdin", registry.name], "s3cret");
    expect(login).toMatchObject({ exitCode: 0, stdout: "Login Succeeded\n" });
    expect(await buildFrom(reference)).toMatchObject({ exitCode: 0 });
    expect(await run(["logout", registry.name])).toMatchObject({ exitCode: 0 });
    // Its layers are there, but whether it is still the same only the registry knows.
    expect(await buildFrom(reference, "--pull")).toMatchObject({ exitCode: 1 });
  });

  it("is built on with a token that somebody without a name gets", async () => {
    const authority = makeCertificateAuthority();
    const signer = authority.issue("tokens");
    await using tokens = await startTokenServer({
      ...{ signer, authority: authority.certFile, users: { ann: "s3cret" } },
      allow: (user, { name }) =>
        user === "ann" ? ["pull", "push"] : name.startsWith("public/") ? ["pull"] : [],
    });
    await using registry = await startRegistry({ token: tokens.registryToken });
    for (const repository of ["public/base", "team/base"]) {
      await skopeoCopy(image, `docker://${registry.name}/${repository}:1`, { login: "ann:s3cret" });
    }
    const asked = tokens.requests.length;
    expect(await buildFrom(`${registry.name}/public/base:1`)).toMatchObject({ exitCode: 0 });
    expect(tokens.requests.slice(asked)).toEqual([
      expect.objectContaining({ by: "nothing", scopes: ["repository:public/base:pull"] }),
    ]);
    const refused = await buildFrom(`${registry.name}/team/base:1`);
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/REGISTRY_(UNAUTHORIZED|FORBIDDEN)/) as unknown,
    });
  });

  it("is read through a mirror, and from its registry when the mirror is down", async () => {
    await using registry = await startRegistry();
    const mirror = await startRegistry({ mirrorOf: registry.url });
    await using front = await startFaultyFront(registry.url);
    await skopeoCopy(image, `docker://${registry.name}/base:1`);
    const flags = ["--registry-mirror", `${front.name}=${mirror.url}`];
    expect(await buildFrom(`${front.name}/base:1`, ...flags)).toMatchObject({ exitCode: 0 });
    expect(front.exchanges).toEqual([]);
    expect((await mirror.requests()).filter(isBlobRead)).toHaveLength(2);
    await mirror.stop();
    const again = await buildFrom(`${front.name}/base:1`, "--pull", "--no-cache", ...flags);
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.stderr).toContain("REGISTRY_MIRROR_FAILED");
    expect(front.exchanges.length).toBeGreaterThan(0);
  });

  it("whose registry fails now and then is built on all the same", async () => {
    await using registry = await startRegistry();
    await using front = await startFaultyFront(registry.url);
    await skopeoCopy(image, `docker://${registry.name}/base:1`);
    front.spoil(({ path: place, repeats }) =>
      repeats === 0 && place.includes("/blobs/") ? { kind: "cut", after: 100_000 } : undefined,
    );
    expect(await buildFrom(`${front.name}/base:1`)).toMatchObject({ exitCode: 0 });
    front.spoil(({ path: place }) =>
      place.includes("/blobs/") ? { kind: "body", change: (body) => Buffer.alloc(body.length) } : undefined,
    );
    const other = await run([
      ...["-f", path.join(home, "Dockerfile"), "--cache-dir", path.join(home, "other")],
      ...["-o", "type=oci,dest=other.tar", "--progress=plain", path.join(home, "context")],
    ]);
    expect(other).toMatchObject({ exitCode: 1, stderr: contains("REGISTRY_DIGEST_MISMATCH") });
  });
});

const noDebian = debianObstacle() ?? obstacle;

describe.skipIf(noDebian)(unlessObstacle("FROM Debian", noDebian), () => {
  it("builds on a real system, and does not fetch it again", { timeout: 150_000 }, async ({ skip }) => {
    const debian = await debianRegistry();
    if (typeof debian === "string") return skip(debian);
    await using registry = debian.registry;
    const { reference } = debian;
    expect(await buildFrom(reference)).toMatchObject({ exitCode: 0 });
    await registry.newRequests();
    writeFiles(path.join(home, "context"), { "a.txt": "changed" });
    expect(await buildFrom(reference)).toMatchObject({ exitCode: 0 });
    expect(requestLines(await registry.newRequests())).toEqual([
      "GET /v2/ 200",
      "HEAD /v2/debian/manifests/bookworm 200",
    ]);
    const built = JSON.parse(await skopeoRaw(`oci-archive:${path.join(home, "image.tar")}`)) as {
      readonly layers: readonly { readonly digest: string }[];
    };
    const base = JSON.parse(await skopeoRaw(debian.image)) as typeof built;
    expect(built.layers[0]?.digest).toBe(base.layers[0]?.digest);
    expect(built.layers).toHaveLength(2);
    await skopeo("copy", `oci-archive:${path.join(home, "image.tar")}`, `dir:${path.join(home, "copy")}`);
  });
});

function contains(text: string): unknown {
  return expect.stringContaining(text);
}

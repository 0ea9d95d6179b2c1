import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/build-folder.js";
import { requestLines } from "../support/registry/access-log.js";
import { busyboxLayout } from "../support/registry/busybox-image.js";
import { makeCertificateAuthority } from "../support/registry/certificates.js";
import { toolObstacle, unlessObstacle } from "../support/registry/obstacle.js";
import { startRegistry } from "../support/registry/registry-server.js";
import { skopeoCopy, skopeoRaw } from "../support/registry/skopeo.js";
import { startTokenServer } from "../support/registry/token-server.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "openssl", "htpasswd", "busybox");

describe.skipIf(obstacle)(unlessObstacle("a registry of the tests", obstacle), () => {
  const busybox = obstacle === undefined ? busyboxLayout() : undefined;
  const image = (tag: "one" | "all" | "two-layers"): string => busybox?.image(tag) ?? "";

  it("takes what skopeo pushes, and tells each request", async () => {
    await using registry = await startRegistry();
    await skopeoCopy(image("one"), `docker://${registry.name}/app:1`);
    const raw = await skopeoRaw(`docker://${registry.name}/app:1`);
    expect(JSON.parse(raw)).toMatchObject({ schemaVersion: 2, layers: [{}] });
    const lines = requestLines(await registry.newRequests());
    expect(lines.filter((line) => line.startsWith("PUT"))).toEqual([
      "PUT /v2/app/blobs/uploads/ID 201",
      "PUT /v2/app/blobs/uploads/ID 201",
      "PUT /v2/app/manifests/1 201",
    ]);
    expect(requestLines(await registry.newRequests())).toEqual([]);
  });

  it("asks for a password over TLS of an authority of its own", async () => {
    const authority = makeCertificateAuthority();
    await using registry = await startRegistry({ tls: authority.issue("server"), users: { ann: "secret" } });
    const target = `docker://${registry.name}/app:1`;
    const access = { authority: authority.certFile };
    await skopeoCopy(image("one"), target, { ...access, login: "ann:secret" });
    await expect(skopeoRaw(target, { ...access, login: "ann:wrong" })).rejects.toThrow(/unauthorized/i);
    await expect(skopeoRaw(target, { authority: makeCertificateAuthority().certFile })).rejects.toThrow(
      /x509/,
    );
    const statuses = (await registry.requests()).map(({ status }) => status);
    expect(statuses).toContain(401);
  });

  it("takes tokens of the token server, for what they are good for", async () => {
    const authority = makeCertificateAuthority();
    await using tokens = await startTokenServer({
      signer: authority.issue("tokens"),
      authority: authority.certFile,
      users: { ann: "secret" },
      allow: (user) => (user === "ann" ? ["pull", "push"] : ["pull"]),
    });
    await using registry = await startRegistry({ token: tokens.registryToken });
    const target = `docker://${registry.name}/app:1`;
    await expect(skopeoCopy(image("one"), target)).rejects.toThrow(/denied|unauthorized/i);
    await skopeoCopy(image("one"), target, { login: "ann:secret" });
    expect(await skopeoRaw(target)).toContain("layers");
    expect(tokens.requests).toContainEqual({
      method: "GET",
      service: "registry of the tests",
      scopes: ["repository:app:pull,push"],
      by: "basic",
      user: "ann",
      status: 200,
    });
  });

  it("refuses tokens that are no longer good", async () => {
    const authority = makeCertificateAuthority();
    const signer = authority.issue("tokens");
    await using tokens = await startTokenServer({ signer, authority: authority.certFile, validForSec: -1 });
    await using registry = await startRegistry({ token: tokens.registryToken });
    await expect(skopeoRaw(`docker://${registry.name}/app:1`)).rejects.toThrow(
      /unauthorized|authentication/i,
    );
  });

  it("is a pull-through cache of another", async () => {
    await using registry = await startRegistry();
    await using mirror = await startRegistry({ mirrorOf: registry.url });
    await skopeoCopy(image("all"), `docker://${registry.name}/app:1`, { args: ["--all"] });
    const raw = await skopeoRaw(`docker://${mirror.name}/app:1`);
    expect(JSON.parse(raw)).toMatchObject({ manifests: [{}, {}, {}, {}] });
    const folder = temporaryFolder();
    await skopeoCopy(`docker://${mirror.name}/app:1`, `dir:${folder}`);
    expect(fs.existsSync(path.join(folder, "manifest.json"))).toBe(true);
  });

  it("starts several at once, each on a port of its own", async () => {
    const registries = await Promise.all([startRegistry(), startRegistry(), startRegistry()]);
    expect(new Set(registries.map(({ port }) => port)).size).toBe(3);
    await Promise.all(registries.map((registry) => registry.stop()));
  });
});

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/build-folder.js";
import { busyboxLayout } from "../support/registry/busybox-image.js";
import { makeCertificateAuthority } from "../support/registry/certificates.js";
import { startConnectProxy } from "../support/registry/connect-proxy.js";
import { startFaultyFront } from "../support/registry/faulty-front.js";
import { toolObstacle, unlessObstacle } from "../support/registry/obstacle.js";
import { startRegistry } from "../support/registry/registry-server.js";
import { skopeoCopy, skopeoRaw } from "../support/registry/skopeo.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "openssl", "curl", "busybox");
const run = promisify(execFile);

describe.skipIf(obstacle)(unlessObstacle("a front before a registry", obstacle), () => {
  const image = obstacle === undefined ? busyboxLayout().image("one") : "";

  it("lets all pass, and counts it", async () => {
    await using registry = await startRegistry();
    await using front = await startFaultyFront(registry.url);
    await skopeoCopy(image, `docker://${front.name}/app:1`);
    expect(await skopeoRaw(`docker://${front.name}/app:1`)).toContain("layers");
    const received = front.exchanges.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0);
    expect(received).toBeGreaterThan(500_000);
    expect((await registry.requests()).length).toBe(
      front.exchanges.filter(({ path }) => path !== "/").length,
    );
  });

  it.each([
    ["a status", { kind: "status", status: 503, body: "{}" }, /503/],
    ["an answer cut off", { kind: "cut", after: 10 }, /unexpected EOF|EOF/],
    [
      "a changed body",
      { kind: "body", change: (body: Buffer) => body.subarray(1) },
      /invalid|json|manifest/i,
    ],
    ["a length beyond the body", { kind: "length", told: 1_000_000 }, /EOF/],
    ["a lost answer", { kind: "lost-answer" }, /EOF/],
  ] as const)("spoils with %s", async (_name, fault, said) => {
    await using registry = await startRegistry();
    await using front = await startFaultyFront(registry.url);
    await skopeoCopy(image, `docker://${registry.name}/app:1`);
    front.spoil(({ path }) => (path.includes("/manifests/") ? fault : undefined));
    const copied = skopeoCopy(`docker://${front.name}/app:1`, `dir:${temporaryFolder()}`);
    await expect(copied).rejects.toThrow(said);
  });
});

describe.skipIf(obstacle)(unlessObstacle("a proxy of the tests", obstacle), () => {
  it("tunnels to https and passes http on, for who logs in", async () => {
    const authority = makeCertificateAuthority();
    await using plain = await startRegistry();
    await using secure = await startRegistry({ tls: authority.issue("server") });
    await using proxy = await startConnectProxy("ann:secret");
    const flags = ["-sS", "--fail", "--noproxy", "", "-x", proxy.url, "--cacert", authority.certFile];
    await run("curl", [...flags, `${plain.url}/v2/`]);
    await run("curl", [...flags, `${secure.url}/v2/`]);
    const stranger = flags.map((flag) => flag.replace("ann:secret@", ""));
    await expect(run("curl", [...stranger, `${secure.url}/v2/`])).rejects.toThrow(/407/);
    expect(proxy.requests).toEqual([
      `GET ${plain.url}/v2/`,
      `CONNECT ${secure.name}`,
      `407 CONNECT ${secure.name}`,
    ]);
  });
});

import { randomBytes } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pushImage, type RegistryWarning } from "../../packages/registry/src/index.js";
import { temporaryFolder } from "../support/build-folder.js";
import { busyboxLayout } from "../support/registry/busybox-image.js";
import { makeCertificateAuthority } from "../support/registry/certificates.js";
import { hastyClient, testClient } from "../support/registry/client.js";
import type { Fault, FrontRequest } from "../support/registry/fault.js";
import { type FaultyFront, startFaultyFront } from "../support/registry/faulty-front.js";
import { packLayout } from "../support/registry/image-layout.js";
import { toolObstacle, unlessObstacle } from "../support/registry/obstacle.js";
import { openedLayout } from "../support/registry/opened-layout.js";
import { type RegistryServer, startRegistry } from "../support/registry/registry-server.js";
import { skopeoDigests } from "../support/registry/skopeo.js";
import { startTokenServer } from "../support/registry/token-server.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "openssl", "busybox");

const isUpload = ({ path }: FrontRequest): boolean => path.includes("/blobs/uploads/");
const isManifestPut = ({ method, path }: FrontRequest): boolean =>
  method === "PUT" && path.includes("/manifests/");
const sendsBytes = (request: FrontRequest): boolean =>
  isUpload(request) && (request.method === "PATCH" || request.method === "PUT");
const status = (code: number): Fault => ({ kind: "status", status: code, body: "{}" });

const UNKNOWN = '{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN","message":"blob upload unknown to registry"}]}';

interface Case {
  readonly at: (request: FrontRequest) => boolean;
  readonly fault: Fault;
}

describe.skipIf(obstacle)(unlessObstacle("a push to a registry that fails", obstacle), () => {
  let registry: RegistryServer;
  let front: FaultyFront;
  let image: string;
  let large: string;
  let warnings: RegistryWarning[];

  beforeAll(() => {
    image = busyboxLayout().image("two-layers");
    const folder = temporaryFolder();
    const platform = { os: "linux", architecture: "amd64" };
    // Not to be compressed, so that it is as large on the line.
    packLayout(folder, "large", [{ platform, layers: [randomBytes(12_000_000)], config: {} }]);
    large = `oci:${folder}:large`;
  });

  beforeEach(async () => {
    registry = await startRegistry();
    front = await startFaultyFront(registry.url);
    warnings = [];
    return async () => {
      await front[Symbol.asyncDispose]();
      await registry.stop();
    };
  });

  async function push(what = image): Promise<void> {
    await using client = hastyClient({ onWarning: (warning) => warnings.push(warning) });
    await using source = await openedLayout(what);
    const repository = client.repository({ registry: front.name, repository: "app" });
    await pushImage(repository, { ...source, tags: ["1"] });
  }

  /** The first so many requests of a kind go wrong, whatever their paths: each upload has its own. */
  function spoil({ at, fault }: Case, times: number): void {
    let left = times;
    front.spoil((request) => {
      if (left === 0 || !at(request)) return undefined;
      left -= 1;
      return fault;
    });
  }

  it.each<readonly [name: string, spoiled: Case]>([
    ["500 when it is asked for blobs", { at: ({ method }) => method === "HEAD", fault: status(500) }],
    ["503 when an upload begins", { at: ({ method }) => method === "POST", fault: status(503) }],
    ["429 when an upload begins", { at: ({ method }) => method === "POST", fault: status(429) }],
    [
      "an upload whose address is lost",
      { at: ({ method }) => method === "POST", fault: { kind: "lost-answer" } },
    ],
    ["500 for the bytes", { at: sendsBytes, fault: status(500) }],
    ["429 for the bytes", { at: sendsBytes, fault: status(429) }],
    ["an upload cut off at once", { at: sendsBytes, fault: { kind: "cut-request", after: 1 } }],
    ["an upload cut off in the middle", { at: sendsBytes, fault: { kind: "cut-request", after: 600_000 } }],
    ["an upload whose end is not confirmed", { at: sendsBytes, fault: { kind: "lost-answer" } }],
    ["an upload that it forgot", { at: sendsBytes, fault: { kind: "status", status: 404, body: UNKNOWN } }],
    ["500 for the manifest", { at: isManifestPut, fault: status(500) }],
    ["a manifest that is not confirmed", { at: isManifestPut, fault: { kind: "lost-answer" } }],
  ])("goes on after %s, and all is there", async (_name, spoiled) => {
    spoil(spoiled, 1);
    await push();
    expect(await skopeoDigests(`docker://${registry.name}/app:1`)).toEqual(await skopeoDigests(image));
  });

  it.each<readonly [name: string, fault: Fault]>([
    ["500", status(500)],
    ["a cut at once", { kind: "cut-request", after: 1 }],
    ["a cut in the middle", { kind: "cut-request", after: 5_000_000 }],
    ["a cut near the end", { kind: "cut-request", after: 11_900_000 }],
    ["the loss of what it answers", { kind: "lost-answer" }],
    ["413, in parts", { kind: "status", status: 413 }],
    ["404", { kind: "status", status: 404, body: UNKNOWN }],
  ])("goes on with a layer of 12 MB after %s", async (_name, fault) => {
    spoil({ at: sendsBytes, fault }, 1);
    await push(large);
    expect(await skopeoDigests(`docker://${registry.name}/app:1`)).toEqual(await skopeoDigests(large));
  });

  it("sends a large layer anew after a cut that has this registry forget the upload", async () => {
    // What is cut off here has reached the registry, as on a line that breaks.
    spoil({ at: ({ method }) => method === "PATCH", fault: { kind: "cut-upload", after: 3_000_000 } }, 2);
    await push(large);
    const patches = front.exchanges.filter(({ method }) => method === "PATCH");
    expect(patches).toHaveLength(3);
    expect(patches.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0)).toBeLessThan(20_000_000);
    expect(await skopeoDigests(`docker://${registry.name}/app:1`)).toEqual(await skopeoDigests(large));
  });

  it.each<readonly [name: string, code: string, spoiled: Case]>([
    ["500 for the bytes", "REGISTRY_REQUEST_FAILED", { at: sendsBytes, fault: status(500) }],
    [
      "an upload always cut off",
      "REGISTRY_UNREACHABLE",
      { at: sendsBytes, fault: { kind: "cut-request", after: 1 } },
    ],
    [
      "403 when an upload begins",
      "REGISTRY_FORBIDDEN",
      { at: ({ method }) => method === "POST", fault: status(403) },
    ],
    [
      "413 for the bytes",
      "REGISTRY_REQUEST_FAILED",
      { at: sendsBytes, fault: { kind: "status", status: 413, body: "<html>too large</html>" } },
    ],
    ["400 for the manifest", "REGISTRY_REQUEST_FAILED", { at: isManifestPut, fault: status(400) }],
    [
      "uploads without an address",
      "REGISTRY_RESPONSE_INVALID",
      { at: ({ method }) => method === "POST", fault: { kind: "headers", set: { location: undefined } } },
    ],
    [
      "uploads that lie in a file",
      "REGISTRY_RESPONSE_INVALID",
      {
        at: ({ method }) => method === "POST",
        fault: { kind: "headers", set: { location: "file:///etc/x" } },
      },
    ],
  ])("ends with a code, and makes no tag: %s", async (_name, code, spoiled) => {
    spoil(spoiled, Number.POSITIVE_INFINITY);
    await expect(push()).rejects.toMatchObject({ code });
    await using client = testClient();
    const repository = client.repository({ registry: registry.name, repository: "app" });
    expect(await repository.resolve("1")).toBeUndefined();
    expect(front.exchanges.length).toBeLessThan(80);
  });

  it("gives its password to no other host that an upload's address names", async () => {
    await using secured = await startRegistry({ users: { ann: "secret-of-ann" } });
    await using own = await startFaultyFront(secured.url);
    await using other = await startFaultyFront(registry.url);
    own.spoil(({ method }) =>
      method === "POST"
        ? { kind: "headers", set: { location: `${other.url}/v2/app/blobs/uploads/somewhere?_state=x` } }
        : undefined,
    );
    const ann = { kind: "basic", username: "ann", password: "secret-of-ann" } as const;
    await using client = hastyClient({ credentials: { find: async () => ann } });
    await using source = await openedLayout(image);
    const repository = client.repository({ registry: own.name, repository: "app" });
    await expect(pushImage(repository, { ...source, tags: ["1"] })).rejects.toMatchObject({
      code: expect.stringMatching(/^REGISTRY_/) as unknown,
    });
    expect(own.exchanges.some(({ headers }) => headers.authorization !== undefined)).toBe(true);
    expect(other.exchanges.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });

  it("goes on when its token runs out half-way", async () => {
    const authority = makeCertificateAuthority();
    const signer = authority.issue("tokens");
    await using tokens = await startTokenServer({ signer, authority: authority.certFile, saysSec: 3600 });
    await using secured = await startRegistry({ token: tokens.registryToken });
    tokens.setValidity(1);
    await using client = testClient();
    await using source = await openedLayout(image);
    const repository = client.repository({ registry: secured.name, repository: "app" });
    let reads = 0;
    const slow = {
      async *read(digest: Parameters<typeof source.blobs.read>[0]) {
        reads += 1;
        if (reads === 2) {
          await new Promise((resolve) => setTimeout(resolve, 2100));
          tokens.setValidity(300);
        }
        yield* source.blobs.read(digest);
      },
    };
    const before = tokens.requests.length;
    await pushImage(repository, { blobs: slow, root: source.root, tags: ["1"], concurrency: 1 });
    expect(tokens.requests.length - before).toBeGreaterThan(1);
    const writes = (await secured.requests()).filter(({ method }) => method === "PUT" || method === "POST");
    expect(writes.map((request) => request.status)).toContain(401);
    expect(await skopeoDigests(`docker://${secured.name}/app:1`)).toEqual(await skopeoDigests(image));
  });
});

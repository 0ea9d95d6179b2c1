import fs from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Cache, openCache } from "../../packages/cache/src/index.js";
import { fetchBlobs, type RegistryWarning, readImage } from "../../packages/registry/src/index.js";
import { temporaryFolder } from "../support/build-folder.js";
import { busyboxLayout } from "../support/registry/busybox-image.js";
import { hastyClient, impatientClient } from "../support/registry/client.js";
import type { Fault, FrontRequest } from "../support/registry/fault.js";
import { type FaultyFront, startFaultyFront } from "../support/registry/faulty-front.js";
import { toolObstacle, unlessObstacle } from "../support/registry/obstacle.js";
import { type RegistryServer, startRegistry } from "../support/registry/registry-server.js";
import { skopeoCopy } from "../support/registry/skopeo.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "busybox");
const platform = { os: "linux", architecture: "amd64" };

const isManifest = ({ path }: FrontRequest): boolean => path.includes("/manifests/");
const isBlob = ({ path }: FrontRequest): boolean => path.includes("/blobs/");
const MIB = 1024 * 1024;

/** What only time ends; elsewhere a machine that is slow must not look like a registry that is. */
const onlyTimeEnds: ReadonlySet<Fault["kind"]> = new Set(["silent", "stall", "slow"]);

/** A fault at some requests, always or only for the first of each. */
interface Case {
  readonly at: (request: FrontRequest) => boolean;
  readonly fault: Fault;
  readonly times?: number;
}

describe.skipIf(obstacle)(unlessObstacle("a pull from a registry that fails", obstacle), () => {
  let registry: RegistryServer;
  let layer: { readonly digest: string; readonly size: number };
  let front: FaultyFront;
  let cache: Cache;
  let cacheDir: string;
  let warnings: RegistryWarning[];
  let makeClient: typeof hastyClient;

  beforeAll(async () => {
    registry = await startRegistry();
    await skopeoCopy(busyboxLayout().image("one"), `docker://${registry.name}/app:1`);
    return () => registry.stop();
  });

  beforeEach(async () => {
    front = await startFaultyFront(registry.url);
    cacheDir = path.join(temporaryFolder(), "cache");
    cache = await openCache({ dir: cacheDir });
    warnings = [];
    makeClient = hastyClient;
    return () => front[Symbol.asyncDispose]();
  });

  /** As a build pulls: documents, then layers into the store. */
  async function pull(target = "1"): Promise<void> {
    await using client = makeClient({ onWarning: (warning) => warnings.push(warning) });
    const repository = client.repository({ registry: front.name, repository: "app" });
    const { imageManifest } = await readImage(repository, target, { platform });
    [layer = layer] = imageManifest.layers;
    await fetchBlobs(repository, imageManifest.layers, { sink: cache.blobs });
  }

  const spoil = ({ at, fault, times = Number.POSITIVE_INFINITY }: Case): void => {
    if (onlyTimeEnds.has(fault.kind)) makeClient = impatientClient;
    front.spoil((request) => (at(request) && request.repeats < times ? fault : undefined));
  };

  /** All files of the store that could be taken for the layer, or for a part of one. */
  const storedBlobs = (): readonly string[] =>
    fs
      .readdirSync(cacheDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(cacheDir, path.join(entry.parentPath, entry.name)))
      .filter((name) => /\/(?:blobs|tmp)\//.test(name));

  const status = (code: number, headers = {}, body = "{}"): Fault => ({
    kind: "status",
    status: code,
    headers,
    body,
  });

  it.each<readonly [name: string, spoiled: Case]>([
    ["429 with Retry-After", { at: isManifest, fault: status(429, { "retry-after": "1" }), times: 1 }],
    ["500", { at: isManifest, fault: status(500), times: 1 }],
    ["502 without JSON", { at: isBlob, fault: status(502, {}, "<html>Bad Gateway</html>"), times: 2 }],
    ["503", { at: isBlob, fault: status(503), times: 3 }],
    ["504", { at: isBlob, fault: status(504), times: 1 }],
    ["a manifest cut off", { at: isManifest, fault: { kind: "cut", after: 100 }, times: 1 }],
    ["an answer that is lost", { at: () => true, fault: { kind: "lost-answer" }, times: 1 }],
    ["no answer", { at: isManifest, fault: { kind: "silent" }, times: 1 }],
    ["a layer that stops coming", { at: isBlob, fault: { kind: "stall", after: 100 }, times: 1 }],
    ["one byte at a time", { at: isBlob, fault: { kind: "slow", everyMs: 20 }, times: 1 }],
  ])("goes on after %s", async (_name, spoiled) => {
    spoil(spoiled);
    await pull();
    expect(await cache.blobs.size(layer.digest as never)).toBe(layer.size);
    expect(front.exchanges.some(({ repeats }) => repeats > 0)).toBe(true);
  });

  it.each([1, 777, 65_536, 1_000_000])("goes on where a layer was cut off: after %i bytes", async (after) => {
    spoil({ at: isBlob, fault: { kind: "cut", after }, times: 1 });
    await pull();
    expect(storedBlobs()).toHaveLength(1);
    expect(await cache.blobs.size(layer.digest as never)).toBe(layer.size);
    const reads = front.exchanges.filter((one) => one.path.endsWith(layer.digest));
    expect(reads.map(({ headers }) => headers.range)).toEqual([undefined, `bytes=${after}-`]);
    const sent = reads.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
    expect(sent).toBe(layer.size);
  });

  it.each<readonly [name: string, code: string, spoiled: Case]>([
    ["429 for ever", "REGISTRY_RATE_LIMITED", { at: isManifest, fault: status(429) }],
    [
      "429 for an hour",
      "REGISTRY_RATE_LIMITED",
      { at: isManifest, fault: status(429, { "retry-after": "3600" }) },
    ],
    ["500 for ever", "REGISTRY_REQUEST_FAILED", { at: isManifest, fault: status(500) }],
    ["401 without a challenge", "REGISTRY_UNAUTHORIZED", { at: isManifest, fault: status(401) }],
    ["403", "REGISTRY_FORBIDDEN", { at: isManifest, fault: status(403) }],
    ["a layer that is not there", "REGISTRY_BLOB_MISSING", { at: isBlob, fault: status(404) }],
    ["a layer that never begins", "REGISTRY_TRANSFER_CUT", { at: isBlob, fault: { kind: "cut", after: 0 } }],
    ["no answer for ever", "REGISTRY_UNREACHABLE", { at: isManifest, fault: { kind: "silent" } }],
    ["one byte at a time", "REGISTRY_UNREACHABLE", { at: isManifest, fault: { kind: "slow", everyMs: 20 } }],
    [
      "another layer's bytes",
      "REGISTRY_DIGEST_MISMATCH",
      { at: isBlob, fault: { kind: "body", change: (body) => Buffer.alloc(body.length, 1) } },
    ],
    [
      "a layer that is too short",
      "REGISTRY_SIZE_MISMATCH",
      { at: isBlob, fault: { kind: "body", change: (body) => body.subarray(0, -1) } },
    ],
    [
      "a layer that is too long",
      "REGISTRY_SIZE_MISMATCH",
      { at: isBlob, fault: { kind: "body", change: (body) => Buffer.concat([body, body]) } },
    ],
    ["a layer without an end", "REGISTRY_SIZE_MISMATCH", { at: isBlob, fault: { kind: "endless" } }],
    [
      "a manifest without an end",
      "REGISTRY_MANIFEST_TOO_LARGE",
      {
        at: isManifest,
        fault: { kind: "endless", headers: { "content-type": "application/vnd.oci.image.manifest.v1+json" } },
      },
    ],
    [
      "a manifest of 100 MB",
      "REGISTRY_MANIFEST_TOO_LARGE",
      {
        at: isManifest,
        fault: { kind: "body", change: (body) => Buffer.concat([body, Buffer.alloc(100e6, " ")]) },
      },
    ],
    [
      "a layer of another length",
      "REGISTRY_SIZE_MISMATCH",
      { at: isBlob, fault: { kind: "length", told: 5_000_000 } },
    ],
    [
      "half a manifest",
      "REGISTRY_DIGEST_MISMATCH",
      { at: isManifest, fault: { kind: "body", change: half } },
    ],
    [
      "half a manifest without a digest in its header",
      "OCI_DOCUMENT_INVALID",
      { at: isManifest, fault: { kind: "body", change: half, set: { "docker-content-digest": undefined } } },
    ],
    [
      "HTML for a manifest",
      "OCI_DOCUMENT_INVALID",
      { at: isManifest, fault: status(200, { "content-type": "text/html" }, "<html>") },
    ],
    [
      "a manifest that calls itself an index",
      "REGISTRY_MANIFEST_UNSUPPORTED",
      {
        at: isManifest,
        fault: { kind: "headers", set: { "content-type": "application/vnd.oci.image.index.v1+json" } },
      },
    ],
    [
      "a manifest with another digest in its header",
      "REGISTRY_DIGEST_MISMATCH",
      {
        at: isManifest,
        fault: { kind: "headers", set: { "docker-content-digest": `sha256:${"0".repeat(64)}` } },
      },
    ],
    [
      "redirects in a circle",
      "REGISTRY_RESPONSE_INVALID",
      { at: isManifest, fault: status(307, { location: "/v2/app/manifests/1" }) },
    ],
    [
      "a redirect to a file",
      "REGISTRY_RESPONSE_INVALID",
      { at: isBlob, fault: status(307, { location: "file:///etc/passwd" }) },
    ],
    [
      "headers of a megabyte",
      "REGISTRY_RESPONSE_INVALID",
      { at: isManifest, fault: status(200, { "x-large": "a".repeat(MIB) }) },
    ],
  ])("ends with a code, and leaves nothing in the store: %s", async (_name, code, spoiled) => {
    spoil(spoiled);
    await expect(pull()).rejects.toMatchObject({ code });
    expect(storedBlobs()).toEqual([]);
    // Whatever a server sends: what is taken of it is bounded, and so is how often it is asked.
    const sent = front.exchanges.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
    expect(front.exchanges.length).toBeLessThan(40);
    if (spoiled.fault.kind === "endless") expect(sent).toBeLessThan(64 * MIB);
  });

  it("by digest takes no other manifest", async () => {
    await using client = hastyClient();
    const repository = client.repository({ registry: front.name, repository: "app" });
    const root = await repository.resolve("1");
    spoil({
      at: isManifest,
      fault: { kind: "body", change: (body) => Buffer.concat([body, Buffer.from(" ")]) },
    });
    await expect(pull(root?.digest)).rejects.toMatchObject({ code: "REGISTRY_DIGEST_MISMATCH" });
  });

  it("needs no more memory than the layer's parts in flight, however much is sent", async () => {
    spoil({ at: isBlob, fault: { kind: "endless" } });
    const before = process.memoryUsage().arrayBuffers;
    await expect(pull()).rejects.toMatchObject({ code: "REGISTRY_SIZE_MISMATCH" });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(48 * MIB);
  });
});

function half(body: Buffer): Buffer {
  return body.subarray(0, body.length / 2);
}

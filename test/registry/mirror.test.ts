import path from "node:path";
import { decodeManifest } from "@oci-build/oci";
import { beforeAll, describe, expect, it } from "vitest";
import { openCache } from "../../packages/cache/src/index.js";
import { fetchBlobs, pushImage, type RegistryWarning } from "../../packages/registry/src/index.js";
import { temporaryFolder } from "../support/build-folder.js";
import { requestLines, WRITES } from "../support/registry/access-log.js";
import { type BusyboxLayout, busyboxLayout } from "../support/registry/busybox-image.js";
import { pulledDigests, testClient } from "../support/registry/client.js";
import { startFaultyFront } from "../support/registry/faulty-front.js";
import { toolObstacle, unlessObstacle } from "../support/registry/obstacle.js";
import { openedLayout } from "../support/registry/opened-layout.js";
import { startRegistry } from "../support/registry/registry-server.js";
import { skopeoCopy, skopeoDigests } from "../support/registry/skopeo.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "busybox");

describe.skipIf(obstacle)(unlessObstacle("a registry with a mirror", obstacle), () => {
  let busybox: BusyboxLayout;
  beforeAll(() => {
    busybox = busyboxLayout();
  });

  it("is pulled from through the mirror alone", async () => {
    await using registry = await startRegistry();
    await using mirror = await startRegistry({ mirrorOf: registry.url });
    const image = `docker://${registry.name}/app:1`;
    await skopeoCopy(busybox.image("all"), image, { args: ["--all"] });
    const expected = await skopeoDigests(image);
    await using front = await startFaultyFront(registry.url);
    await using client = testClient({ settings: () => ({ mirrors: [mirror.url] }) });
    const repository = client.repository({ registry: front.name, repository: "app" });
    expect(await pulledDigests(repository, "1")).toEqual(expected);
    expect(front.exchanges).toEqual([]);
    expect(requestLines(await mirror.requests())).toContain("GET /v2/app/manifests/1 200");
  });

  it("is pulled from itself when the mirror is down, with a warning", async () => {
    await using registry = await startRegistry();
    const mirror = await startRegistry({ mirrorOf: registry.url });
    await mirror.stop();
    const image = `docker://${registry.name}/app:1`;
    await skopeoCopy(busybox.image("one"), image);
    const warnings: RegistryWarning[] = [];
    await using client = testClient({
      settings: () => ({ mirrors: [mirror.url] }),
      onWarning: (warning) => warnings.push(warning),
    });
    const repository = client.repository({ registry: registry.name, repository: "app" });
    expect(await pulledDigests(repository, "1")).toEqual(await skopeoDigests(image));
    expect(warnings.filter(({ code }) => code === "REGISTRY_MIRROR_FAILED").length).toBeGreaterThan(0);
  });

  it("is pulled from itself when the mirror does not have the image", async () => {
    await using registry = await startRegistry();
    await using mirror = await startRegistry();
    await skopeoCopy(busybox.image("one"), `docker://${registry.name}/app:1`);
    await using client = testClient({ settings: () => ({ mirrors: [mirror.url] }) });
    const repository = client.repository({ registry: registry.name, repository: "app" });
    const expected = await skopeoDigests(`docker://${registry.name}/app:1`);
    expect(await pulledDigests(repository, "1")).toEqual(expected);
    expect(requestLines(await mirror.requests())).toContain("GET /v2/app/manifests/1 404");
  });

  it("is asked by the second mirror when the first one fails", async () => {
    await using registry = await startRegistry();
    await using broken = await startFaultyFront(registry.url);
    await using mirror = await startRegistry({ mirrorOf: registry.url });
    broken.spoil(() => ({ kind: "status", status: 500, body: "{}" }));
    await skopeoCopy(busybox.image("one"), `docker://${registry.name}/app:1`);
    await using front = await startFaultyFront(registry.url);
    await using client = testClient({ settings: () => ({ mirrors: [broken.url, mirror.url] }) });
    const repository = client.repository({ registry: front.name, repository: "app" });
    const expected = await skopeoDigests(`docker://${registry.name}/app:1`);
    expect(await pulledDigests(repository, "1")).toEqual(expected);
    expect(front.exchanges).toEqual([]);
  });

  it("is pushed to itself, never to the mirror", async () => {
    await using registry = await startRegistry();
    await using mirror = await startRegistry();
    await using source = await openedLayout(busybox.image("one"));
    await using client = testClient({ settings: () => ({ mirrors: [mirror.url] }) });
    const repository = client.repository({ registry: registry.name, repository: "app" });
    await pushImage(repository, { ...source, tags: ["1"] });
    expect((await mirror.requests()).filter(({ method }) => WRITES.has(method))).toEqual([]);
    expect(requestLines(await registry.requests()).at(-1)).toBe("PUT /v2/app/manifests/1 201");
  });

  it("has its layers fetched from itself where the mirror gives other bytes", async () => {
    await using registry = await startRegistry();
    await using lying = await startFaultyFront(registry.url);
    lying.spoil(({ path }) => (path.includes("/blobs/") ? { kind: "body", change: flipped } : undefined));
    await skopeoCopy(busybox.image("one"), `docker://${registry.name}/app:1`);
    await using client = testClient({ settings: () => ({ mirrors: [lying.url] }) });
    const repository = client.repository({ registry: registry.name, repository: "app" });
    const { layers } = decodeManifest((await repository.manifest("1")).bytes);
    const { blobs } = await openCache({ dir: path.join(temporaryFolder(), "cache") });
    await fetchBlobs(repository, layers, { sink: blobs });
    for (const { digest, size } of layers) expect(await blobs.size(digest)).toBe(size);
    for (const { digest } of layers) {
      const pulled = repository.read(digest)[Symbol.asyncIterator]();
      await expect(readToEnd(pulled)).rejects.toMatchObject({ code: "REGISTRY_DIGEST_MISMATCH" });
    }
  });
});

function flipped(body: Buffer): Buffer {
  const changed = Buffer.from(body);
  changed.writeUInt8((changed.at(-1) ?? 0) ^ 1, changed.length - 1);
  return changed;
}

async function readToEnd(chunks: AsyncIterator<Uint8Array>): Promise<void> {
  for (let next = await chunks.next(); next.done !== true; ) next = await chunks.next();
}

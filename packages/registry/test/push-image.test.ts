import { digestOf, mediaTypes } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { pushImage } from "../src/transfer/push-image.js";
import { remoteBlobs } from "../src/transfer/remote-blobs.js";
import { startMemoryRegistry } from "./support/memory-registry.js";
import { sampleImage, sampleIndex } from "./support/sample-image.js";
import { codeOf, seededBytes, testClient } from "./support/test-client.js";

const shared = seededBytes(300_000, 1);
const image = () => sampleImage([shared, seededBytes(50_000, 2)]);

describe("pushImage", () => {
  it("sends blobs, then the manifest under its tag", async () => {
    await using registry = await startMemoryRegistry();
    await using client = testClient();
    const repository = client.repository({ registry: registry.host, repository: "team/app" });
    const { root, blobs, layers, config, manifest } = image();
    const report = await pushImage(repository, { blobs, root, tags: ["1.0", "latest"] });
    expect(report.digest).toBe(root.digest);
    expect(report.blobs.map(({ outcome }) => outcome)).toEqual(["uploaded", "uploaded", "uploaded"]);
    const bytes = 350_000 + config.bytes.length + 2 * manifest.bytes.length;
    expect(report.bytesSent).toBe(bytes);
    expect(registry.log.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)).toBe(bytes);
    const held = registry.state.repository("team/app");
    expect(held.blobs.get(digestOf(layers[0] ?? ""))).toEqual(layers[0]);
    expect([...held.tags]).toEqual([
      ["1.0", root.digest],
      ["latest", root.digest],
    ]);
    expect(registry.lines().slice(-2)).toEqual([
      "PUT /v2/team/app/manifests/1.0",
      "PUT /v2/team/app/manifests/latest",
    ]);
  });

  it("asks one question when nothing changed, and reads no blob", async () => {
    await using registry = await startMemoryRegistry();
    await using client = testClient();
    const repository = client.repository({ registry: registry.host, repository: "team/app" });
    const first = image();
    await pushImage(repository, { ...first, tags: ["latest"] });
    registry.clearLog();
    const { root, blobs } = image();
    const report = await pushImage(repository, { blobs, root, tags: ["latest"] });
    expect(registry.lines()).toEqual(["HEAD /v2/team/app/manifests/latest"]);
    expect(report).toEqual({ digest: root.digest, blobs: [], manifests: [], bytesSent: 0 });
    expect(blobs.reads).toEqual([]);
  });

  it("sends the manifest alone for a new tag of an image that is there", async () => {
    await using registry = await startMemoryRegistry();
    await using client = testClient();
    const repository = client.repository({ registry: registry.host, repository: "team/app" });
    await pushImage(repository, { ...image(), tags: ["1"] });
    registry.clearLog();
    const { root, blobs } = image();
    const report = await pushImage(repository, { blobs, root, tags: ["1", "2"] });
    expect(registry.lines()).toEqual([
      "HEAD /v2/team/app/manifests/1",
      "HEAD /v2/team/app/manifests/2",
      "PUT /v2/team/app/manifests/2",
    ]);
    expect(report.manifests).toEqual([{ digest: root.digest, size: root.size, tag: "2" }]);
    expect(blobs.reads).toEqual([root.digest]);
  });

  it("pushes by digest where there is no tag", async () => {
    await using registry = await startMemoryRegistry();
    await using client = testClient();
    const repository = client.repository({ registry: registry.host, repository: "team/app" });
    const { root, blobs } = image();
    const first = await pushImage(repository, { blobs, root, tags: [] });
    expect(first.manifests).toEqual([{ digest: root.digest, size: root.size, tag: undefined }]);
    expect(registry.state.repository("team/app").tags.size).toBe(0);
    expect((await pushImage(repository, { blobs, root, tags: [] })).bytesSent).toBe(0);
  });

  it("sends only what a changed image has anew", async () => {
    await using registry = await startMemoryRegistry();
    const name = { registry: registry.host, repository: "team/app" };
    await using earlier = testClient();
    await pushImage(earlier.repository(name), { ...image(), tags: ["latest"] });
    const changed = sampleImage([shared, seededBytes(60_000, 3)]);
    registry.clearLog();
    await using client = testClient();
    const report = await pushImage(client.repository(name), { ...changed, tags: ["latest"] });
    expect(report.blobs.map(({ size, outcome }) => [size, outcome])).toEqual(
      expect.arrayContaining([
        [300_000, "present"],
        [60_000, "uploaded"],
      ]),
    );
    expect(report.bytesSent).toBe(60_000 + changed.config.bytes.length + changed.manifest.bytes.length);
    expect(changed.blobs.reads).not.toContain(digestOf(shared));
  });

  it("mounts what another repository has, and reads no byte of it", async () => {
    await using registry = await startMemoryRegistry();
    registry.state.addBlob("base/image", shared);
    await using client = testClient();
    const repository = client.repository({ registry: registry.host, repository: "team/app" });
    const { root, blobs } = image();
    const mountFrom = () => ["not/there", "base/image"];
    const report = await pushImage(repository, { blobs, root, tags: ["1"], mountFrom });
    expect(report.blobs.find(({ digest }) => digest === digestOf(shared))?.outcome).toBe("mounted");
    expect(blobs.reads).not.toContain(digestOf(shared));
    expect(registry.state.uploads.size).toBe(0);
  });

  it("mounts what the same client has just pushed elsewhere", async () => {
    await using registry = await startMemoryRegistry();
    await using client = testClient();
    await pushImage(client.repository({ registry: registry.host, repository: "one" }), {
      ...image(),
      tags: ["1"],
    });
    const { root, blobs } = image();
    const two = client.repository({ registry: registry.host, repository: "two" });
    const report = await pushImage(two, { blobs, root, tags: ["1"] });
    expect(report.blobs.map(({ outcome }) => outcome)).toEqual(["mounted", "mounted", "mounted"]);
    expect(blobs.reads).toEqual([root.digest]);
  });

  it("sends what the registry would not mount in the upload that it began instead", async () => {
    await using registry = await startMemoryRegistry({ mount: "no" });
    await using client = testClient();
    const repository = client.repository({ registry: registry.host, repository: "team/app" });
    const { root, blobs } = image();
    await pushImage(repository, { blobs, root, tags: ["1"], mountFrom: () => ["base/image"] });
    expect(registry.lines().filter((line) => /^POST .*\/uploads\/$/.test(line))).toEqual([]);
    expect(registry.state.uploads.size).toBe(0);
  });

  it("copies from one registry to another, through no store", async () => {
    await using from = await startMemoryRegistry();
    await using to = await startMemoryRegistry();
    await using client = testClient();
    const source = client.repository({ registry: from.host, repository: "one" });
    const arm = sampleImage([shared], { os: "linux", architecture: "arm64" });
    const { root, blobs } = sampleIndex([image(), arm]);
    await pushImage(source, { blobs, root, tags: ["1"] });
    const target = client.repository({ registry: to.host, repository: "two" });
    const report = await pushImage(target, { blobs: remoteBlobs(source, root), root, tags: ["1"] });
    expect(report.digest).toBe(root.digest);
    expect(to.state.repository("two")).toEqual(from.state.repository("one"));
  });

  it("sends a blob once that two concurrent pushes share", async () => {
    await using registry = await startMemoryRegistry();
    await using client = testClient();
    const repository = client.repository({ registry: registry.host, repository: "team/app" });
    const other = sampleImage([shared, seededBytes(10_000, 4)]);
    await Promise.all([
      pushImage(repository, { ...image(), tags: ["1"] }),
      pushImage(repository, { ...other, tags: ["2"] }),
    ]);
    const puts = registry.lines().filter((line) => line.startsWith("PUT") && line.includes("/blobs/"));
    expect(puts).toHaveLength(5);
  });

  it("sends the manifests of an index before it, and not those that are there", async () => {
    await using registry = await startMemoryRegistry();
    await using client = testClient();
    const repository = client.repository({ registry: registry.host, repository: "team/app" });
    const amd = image();
    const arm = sampleImage([shared], { os: "linux", architecture: "arm64" });
    await pushImage(repository, { ...amd, tags: [] });
    registry.clearLog();
    const { root, blobs } = sampleIndex([amd, arm]);
    const report = await pushImage(repository, { blobs, root, tags: ["multi"] });
    expect(report.manifests.map(({ digest, tag }) => [digest, tag])).toEqual([
      [arm.root.digest, undefined],
      [root.digest, "multi"],
    ]);
    expect(blobs.reads).not.toContain(amd.root.digest);
  });

  it("leaves a layer that may not be handed on where its addresses point", async () => {
    await using registry = await startMemoryRegistry();
    await using client = testClient();
    const repository = client.repository({ registry: registry.host, repository: "team/app" });
    const { config, blobs } = image();
    const foreign = {
      mediaType: mediaTypes.dockerForeignLayerGzip,
      digest: digestOf("far away"),
      size: 8,
      urls: ["https://files.example/layer"],
    };
    const bytes = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.dockerManifest,
        config: config.descriptor,
        layers: [foreign],
      }),
    );
    const root = { mediaType: mediaTypes.dockerManifest, digest: digestOf(bytes), size: bytes.length };
    const all = {
      async *read(digest: typeof root.digest) {
        if (digest === root.digest) yield bytes;
        else yield* blobs.read(digest);
      },
    };
    const report = await pushImage(repository, { blobs: all, root, tags: ["1"] });
    expect(report.blobs.map(({ outcome }) => outcome).sort()).toEqual(["foreign", "uploaded"]);
  });

  it("stores no tag when a blob cannot be read, and says why", async () => {
    await using registry = await startMemoryRegistry();
    await using client = testClient();
    const repository = client.repository({ registry: registry.host, repository: "team/app" });
    const { root, blobs } = image();
    const broken = {
      async *read(digest: typeof root.digest) {
        yield* blobs.read(digest);
        if (digest === digestOf(shared)) throw new RangeError("the disk is gone");
      },
    };
    const push = pushImage(repository, { blobs: broken, root, tags: ["1"], concurrency: 1 });
    await expect(push).rejects.toThrow("the disk is gone");
    const held = registry.state.repository("team/app");
    expect([held.tags.size, held.blobs.has(digestOf(shared)), registry.state.uploads.size]).toEqual([
      0,
      false,
      0,
    ]);
  });

  it("tells of bytes as they go, up to the size of each blob", async () => {
    await using registry = await startMemoryRegistry();
    await using client = testClient();
    const repository = client.repository({ registry: registry.host, repository: "team/app" });
    const done = new Map<string, number>();
    const onProgress = ({ digest, doneBytes }: { digest: string; doneBytes: number }) =>
      void done.set(digest, doneBytes);
    const { root, blobs, config } = image();
    await pushImage(repository, { blobs, root, tags: ["1"], onProgress });
    expect([...done.values()].sort((a, b) => b - a)).toEqual([300_000, 50_000, config.bytes.length]);
  });

  it("stops within moments, and has the registry forget what was begun", async () => {
    const stop = new AbortController();
    let stopped = Number.NaN;
    await using registry = await startMemoryRegistry({
      intercept: (request) => {
        const isUpload = request.method === "PUT" && request.url?.includes("/blobs/") === true;
        if (isUpload) {
          stopped = performance.now();
          stop.abort(new RangeError("enough"));
        }
        return isUpload;
      },
    });
    await using client = testClient();
    const repository = client.repository({ registry: registry.host, repository: "team/app" });
    // One at a time: the place of an upload that is just being begun is not known yet, so it could not be forgotten.
    const push = pushImage(repository, { ...image(), tags: ["1"], signal: stop.signal, concurrency: 1 });
    await expect(push).rejects.toThrow("enough");
    expect(performance.now() - stopped).toBeLessThan(1000);
    expect(registry.state.uploads.size).toBe(0);
  });

  it("does not ask mirrors what the registry has", async () => {
    await using registry = await startMemoryRegistry();
    await using mirror = await startMemoryRegistry();
    const { root, blobs } = image();
    await using client = testClient({ settings: () => ({ mirrors: [`http://${mirror.host}`] }) });
    const repository = client.repository({ registry: registry.host, repository: "team/app" });
    await pushImage(repository, { blobs, root, tags: ["1"] });
    expect(mirror.lines()).toEqual([]);
  });

  it("fails with the registry's word when it takes no manifest", async () => {
    await using registry = await startMemoryRegistry({
      intercept: (request, response) => {
        if (request.method !== "PUT" || request.url?.includes("/manifests/") !== true) return false;
        response
          .writeHead(400)
          .end(JSON.stringify({ errors: [{ code: "MANIFEST_INVALID", message: "no" }] }));
        return true;
      },
    });
    await using client = testClient();
    const repository = client.repository({ registry: registry.host, repository: "team/app" });
    expect(await codeOf(pushImage(repository, { ...image(), tags: ["1"] }))).toBe("REGISTRY_REQUEST_FAILED");
  });
});

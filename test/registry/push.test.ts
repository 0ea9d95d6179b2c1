import path from "node:path";
import { build } from "oci-build";
import { beforeAll, describe, expect, it } from "vitest";
import { type PushReport, pushImage, remoteBlobs } from "../../packages/registry/src/index.js";
import { temporaryFolder, writeFiles } from "../support/build-folder.js";
import { isBlobRead, requestLines, WRITES } from "../support/registry/access-log.js";
import { busyboxLayout } from "../support/registry/busybox-image.js";
import { pulledDigests, testClient } from "../support/registry/client.js";
import { startFaultyFront } from "../support/registry/faulty-front.js";
import { toolObstacle, unlessObstacle } from "../support/registry/obstacle.js";
import { openedLayout } from "../support/registry/opened-layout.js";
import { startRegistry } from "../support/registry/registry-server.js";
import { skopeo, skopeoCopy, skopeoDigests, skopeoRaw } from "../support/registry/skopeo.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "busybox");

/** Pushes the only image of a layout, all that it leads to. */
async function pushLayout(
  image: string,
  place: { readonly registry: string; readonly repository: string },
  tags: readonly string[],
  mountFrom?: readonly string[],
): Promise<PushReport> {
  await using client = testClient();
  await using source = await openedLayout(image);
  const repository = client.repository(place);
  const mounts = mountFrom === undefined ? {} : { mountFrom: () => mountFrom };
  return await pushImage(repository, { ...source, tags, ...mounts });
}

describe.skipIf(obstacle)(unlessObstacle("what we push", obstacle), () => {
  let busybox: ReturnType<typeof busyboxLayout>;
  let built: string;

  beforeAll(async () => {
    busybox = busyboxLayout();
    const folder = temporaryFolder();
    built = path.join(folder, "image");
    writeFiles(path.join(folder, "context"), {
      "a.txt": "a",
      "b/c.bin": Buffer.alloc(2_000_000, "0123456789"),
    });
    await build({
      context: path.join(folder, "context"),
      dockerfile: { text: "FROM scratch\nCOPY a.txt /\nCOPY b /b\nENV A=b\n" },
      cacheDir: path.join(folder, "cache"),
      output: { type: "oci", dest: built, tar: false },
    });
  });

  it.each(["one", "all", "two-layers"] as const)("skopeo reads, digest by digest: %s", async (tag) => {
    await using registry = await startRegistry();
    const image = busybox.image(tag);
    const place = { registry: registry.name, repository: "team/busybox" };
    const report = await pushLayout(image, place, ["1", "latest"]);
    const pushed = `docker://${registry.name}/team/busybox:latest`;
    expect(await skopeoRaw(pushed)).toBe(await skopeoRaw(image));
    expect(await skopeoDigests(pushed)).toEqual(await skopeoDigests(image));
    expect(report.blobs.every(({ outcome }) => outcome === "uploaded")).toBe(true);
    expect(
      JSON.parse(await skopeo("list-tags", "--tls-verify=false", `docker://${registry.name}/team/busybox`)),
    ).toMatchObject({ Tags: expect.arrayContaining(["1", "latest"]) as unknown });
  });

  it("is what we built, as skopeo reads it", async () => {
    await using registry = await startRegistry();
    await pushLayout(`oci:${built}`, { registry: registry.name, repository: "app" }, ["1"]);
    const inspected: unknown = JSON.parse(
      await skopeo("inspect", "--tls-verify=false", "--config", `docker://${registry.name}/app:1`),
    );
    expect(inspected).toMatchObject({ config: { Env: [expect.stringContaining("PATH="), "A=b"] } });
    const folder = path.join(temporaryFolder(), "copy");
    await skopeoCopy(`docker://${registry.name}/app:1`, `oci:${folder}:1`);
    await using client = testClient();
    const repository = client.repository({ registry: registry.name, repository: "app" });
    expect(await skopeoDigests(`oci:${folder}:1`)).toEqual(await pulledDigests(repository, "1"));
  });

  it("has its manifest last", async () => {
    await using registry = await startRegistry();
    await pushLayout(busybox.image("all"), { registry: registry.name, repository: "app" }, ["1"]);
    const writes = (await registry.requests()).filter(({ method }) => WRITES.has(method));
    const manifests = writes.map(({ path: place }) => place.includes("/manifests/"));
    expect(manifests.indexOf(true)).toBe(manifests.length - 5);
    expect(requestLines(writes).at(-1)).toBe("PUT /v2/app/manifests/1 201");
    expect(requestLines(writes).slice(-5, -1)).toEqual(
      Array.from({ length: 4 }, () => "PUT /v2/app/manifests/DIGEST 201"),
    );
  });

  it("changes nothing when all is there: no PUT, POST, PATCH and no blob is read", async () => {
    await using registry = await startRegistry();
    const place = { registry: registry.name, repository: "app" };
    await pushLayout(`oci:${built}`, place, ["1"]);
    await registry.newRequests();
    const report = await pushLayout(`oci:${built}`, place, ["1"]);
    const requests = await registry.newRequests();
    expect(requests.filter(({ method }) => WRITES.has(method))).toEqual([]);
    expect(requests.filter(isBlobRead)).toEqual([]);
    expect(requestLines(requests)).toEqual(["GET /v2/ 200", "HEAD /v2/app/manifests/1 200"]);
    expect(report).toMatchObject({ blobs: [], manifests: [], bytesSent: 0 });
  });

  it("gets a new tag with one PUT", async () => {
    await using registry = await startRegistry();
    const place = { registry: registry.name, repository: "app" };
    await pushLayout(`oci:${built}`, place, ["1"]);
    await registry.newRequests();
    await pushLayout(`oci:${built}`, place, ["2"]);
    const writes = (await registry.newRequests()).filter(({ method }) => WRITES.has(method));
    expect(requestLines(writes)).toEqual(["PUT /v2/app/manifests/2 201"]);
  });

  it("sends only the layer that changed, its config and its manifest", async () => {
    await using registry = await startRegistry();
    await using front = await startFaultyFront(registry.url);
    const place = { registry: front.name, repository: "app" };
    await pushLayout(busybox.image("one"), place, ["1"]);
    const before = front.exchanges.length;
    const report = await pushLayout(busybox.image("two-layers"), place, ["2"]);
    const received = front.exchanges.slice(before).reduce((sum, { receivedBytes }) => sum + receivedBytes, 0);
    expect(report.blobs.map(({ outcome }) => outcome).sort()).toEqual(["present", "uploaded", "uploaded"]);
    expect(received).toBe(report.bytesSent);
    expect(received).toBeLessThan(3000);
  });

  it("mounts layers that another repository of the registry has, and sends none of their bytes", async () => {
    await using registry = await startRegistry();
    await pushLayout(busybox.image("one"), { registry: registry.name, repository: "base" }, ["1"]);
    await registry.newRequests();
    const place = { registry: registry.name, repository: "app" };
    const report = await pushLayout(busybox.image("one"), place, ["1"], ["base"]);
    expect(report.blobs.map(({ outcome }) => outcome)).toContain("mounted");
    const writes = (await registry.newRequests()).filter(({ method }) => WRITES.has(method));
    const lines = requestLines(writes);
    expect(lines.filter((line) => line.endsWith("?mount 201"))).toHaveLength(2);
    expect(lines.filter((line) => /^(PUT|PATCH) .*\/blobs\//.test(line))).toEqual([]);
    expect(lines.at(-1)).toBe("PUT /v2/app/manifests/1 201");
  });

  it("is uploaded when the repository to mount from has nothing", async () => {
    await using registry = await startRegistry();
    const place = { registry: registry.name, repository: "app" };
    const report = await pushLayout(busybox.image("one"), place, ["1"], ["nothing", "neither"]);
    expect(report.blobs.map(({ outcome }) => outcome)).toEqual(["uploaded", "uploaded"]);
    const image = `docker://${registry.name}/app:1`;
    expect(await skopeoDigests(image)).toEqual(await skopeoDigests(busybox.image("one")));
  });

  it("goes from one registry to a second, which skopeo finds equal", async () => {
    await using first = await startRegistry();
    await using second = await startRegistry();
    await skopeoCopy(busybox.image("all"), `docker://${first.name}/app:1`, {
      args: ["--all", "--format", "v2s2"],
    });
    await using client = testClient();
    const source = client.repository({ registry: first.name, repository: "app" });
    const root = await source.resolve("1");
    if (root === undefined) throw new Error("not there");
    const target = client.repository({ registry: second.name, repository: "copy" });
    await pushImage(target, { blobs: remoteBlobs(source, root), root, tags: ["1"] });
    expect(await skopeoDigests(`docker://${second.name}/copy:1`)).toEqual(
      await skopeoDigests(`docker://${first.name}/app:1`),
    );
  });
});

import { type Descriptor, digestOf, type StoredDocument } from "@oci-build/oci";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pushImage, type RegistryClient, type Repository } from "../../packages/registry/src/index.js";
import { busyboxLayout } from "../support/registry/busybox-image.js";
import { testClient } from "../support/registry/client.js";
import { toolObstacle, unlessObstacle } from "../support/registry/obstacle.js";
import { openedLayout } from "../support/registry/opened-layout.js";
import { type RegistryServer, startRegistry } from "../support/registry/registry-server.js";
import { skopeo, skopeoRaw } from "../support/registry/skopeo.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "busybox");

const EMPTY = Buffer.from("{}", "utf8");
const emptyBlob = {
  mediaType: "application/vnd.oci.empty.v1+json",
  digest: digestOf(EMPTY),
  size: EMPTY.length,
};

/** An artifact that says something of an image. */
function artifact(subject: Descriptor, artifactType: string, note: string): StoredDocument {
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const { digest, size } = subject;
  const bytes = Buffer.from(
    JSON.stringify({
      ...{ schemaVersion: 2, mediaType, artifactType, config: emptyBlob, layers: [emptyBlob] },
      subject: { mediaType: subject.mediaType, digest, size },
      annotations: { note },
    }),
    "utf8",
  );
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}

describe.skipIf(obstacle)(unlessObstacle("a registry without the referrers API", obstacle), () => {
  let image: string;
  let registry: RegistryServer;
  let client: RegistryClient;
  let repository: Repository;
  let root: Descriptor;

  beforeAll(() => {
    image = busyboxLayout().image("one");
  });

  beforeEach(async () => {
    registry = await startRegistry();
    client = testClient();
    repository = client.repository({ registry: registry.name, repository: "app" });
    await using source = await openedLayout(image);
    root = source.root;
    await pushImage(repository, { ...source, tags: ["1"] });
    await repository.writeBlob(emptyBlob, {
      async *open() {
        yield EMPTY;
      },
    });
    return async () => {
      await client.close();
      await registry.stop();
    };
  });

  it("has referrers under the tag that the specification names, which skopeo reads", async () => {
    expect(await repository.referrers(root.digest)).toEqual([]);
    const first = artifact(root, "application/example.sbom", "first");
    const second = artifact(root, "application/example.signature", "second");
    await repository.writeManifest(first);
    await repository.writeManifest(second);
    await repository.writeManifest(second);
    const found = await repository.referrers(root.digest);
    expect(found).toEqual([
      { ...first.descriptor, artifactType: "application/example.sbom", annotations: { note: "first" } },
      {
        ...second.descriptor,
        artifactType: "application/example.signature",
        annotations: { note: "second" },
      },
    ]);
    const tag = root.digest.replace(":", "-");
    const listed: unknown = JSON.parse(await skopeoRaw(`docker://${registry.name}/app:${tag}`));
    expect(listed).toMatchObject({ mediaType: "application/vnd.oci.image.index.v1+json", manifests: found });
    const artifactType = "application/example.signature";
    expect(await repository.referrers(root.digest, { artifactType })).toEqual(found.slice(1));
  });

  it("takes an artifact out of the list when it is deleted", async () => {
    const first = artifact(root, "application/example.sbom", "first");
    const second = artifact(root, "application/example.sbom", "second");
    await repository.writeManifest(first);
    await repository.writeManifest(second);
    await repository.deleteManifest(first.descriptor.digest);
    expect((await repository.referrers(root.digest)).map(({ digest }) => digest)).toEqual([
      second.descriptor.digest,
    ]);
    expect(await repository.resolve(first.descriptor.digest)).toBeUndefined();
    expect(await repository.resolve("1")).toMatchObject({ digest: root.digest });
  });

  it("deletes images by digest, not by tag", async () => {
    const byTag = repository.deleteManifest("1");
    await expect(byTag).rejects.toMatchObject({ code: "REGISTRY_UNSUPPORTED" });
    await repository.deleteManifest(root.digest);
    expect(await repository.resolve("1")).toBeUndefined();
    await expect(
      skopeo("inspect", "--tls-verify=false", `docker://${registry.name}/app:1`),
    ).rejects.toThrow();
    const again = repository.deleteManifest(root.digest);
    await expect(again).rejects.toMatchObject({ code: "REGISTRY_MANIFEST_MISSING" });
  });

  it("deletes blobs, which are then uploaded again", async () => {
    await repository.deleteBlob(emptyBlob.digest);
    expect(await repository.size(emptyBlob.digest)).toBeUndefined();
    const outcome = await repository.writeBlob(emptyBlob, {
      async *open() {
        yield EMPTY;
      },
    });
    expect(outcome).toBe("uploaded");
  });

  it("that deletes nothing says so", async () => {
    await using strict = await startRegistry({ deletion: "refused" });
    const other = client.repository({ registry: strict.name, repository: "app" });
    await using source = await openedLayout(image);
    await pushImage(other, { ...source, tags: ["1"] });
    const manifest = other.deleteManifest(root.digest);
    await expect(manifest).rejects.toMatchObject({ code: "REGISTRY_UNSUPPORTED" });
    const blob = other.deleteBlob(root.digest);
    await expect(blob).rejects.toMatchObject({ code: "REGISTRY_UNSUPPORTED" });
    expect(await other.resolve("1")).toMatchObject({ digest: root.digest });
  });
});

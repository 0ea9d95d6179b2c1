import type { IncomingMessage, ServerResponse } from "node:http";
import { digestOf, encodeJson, MANIFEST_MAX_BYTES, mediaTypes } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { sampleImage } from "./support/sample-image.js";
import { codeOf } from "./support/test-client.js";
import { setUp } from "./support/test-setup.js";

const { manifest } = sampleImage([Buffer.from("layer")]);
const { bytes, descriptor } = manifest;
const stored = { mediaType: descriptor.mediaType, bytes };

/** Answers what asks for a manifest with these headers and bytes. */
function sending(headers: Record<string, string>, body: Buffer) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (request.url?.includes("/manifests/") !== true) return false;
    response.writeHead(200, { "content-length": String(body.length), ...headers });
    response.end(request.method === "HEAD" ? undefined : body);
    return true;
  };
}

describe("resolve", () => {
  it("asks for the headers alone, as one who knows all forms of manifests", async () => {
    const accepted: string[] = [];
    await using test = await setUp({
      intercept: (request) => {
        if (request.method === "HEAD") accepted.push(request.headers.accept ?? "");
        return false;
      },
    });
    test.state.addManifest("team/app", stored, "1");
    expect(await test.repository.resolve("1")).toEqual(descriptorOf());
    expect(test.lines()).toEqual(["HEAD /v2/team/app/manifests/1"]);
    for (const type of ["imageIndex", "imageManifest", "dockerManifestList", "dockerManifest"] as const) {
      expect(accepted[0]).toContain(mediaTypes[type]);
    }
  });

  it("gives nothing for a tag or digest that is not there", async () => {
    await using test = await setUp();
    expect(await test.repository.resolve("1")).toBeUndefined();
    expect(await test.repository.resolve(descriptor.digest)).toBeUndefined();
  });

  it.each([
    ["names no digest", { "content-type": descriptor.mediaType }],
    ["names no known type", { "docker-content-digest": descriptor.digest, "content-type": "text/plain" }],
    ["names a digest that is none", { "docker-content-digest": "x", "content-type": descriptor.mediaType }],
  ])("reads the manifest when the answer %s", async (_, headers) => {
    await using test = await setUp({ intercept: sending(headers, bytes) });
    expect(await test.repository.resolve("1")).toEqual(descriptorOf());
    expect(test.lines()).toEqual(["HEAD /v2/team/app/manifests/1", "GET /v2/team/app/manifests/1"]);
  });

  it("reads the manifest when the registry does not know HEAD", async () => {
    await using test = await setUp({
      intercept: (request, response) => {
        if (request.method === "HEAD") response.writeHead(405).end();
        return request.method === "HEAD";
      },
    });
    test.state.addManifest("team/app", stored, "1");
    expect(await test.repository.resolve("1")).toEqual(descriptorOf());
  });

  it("refuses another digest than the one it asked for", async () => {
    const headers = { "docker-content-digest": digestOf("x"), "content-type": descriptor.mediaType };
    await using test = await setUp({ intercept: sending(headers, bytes) });
    expect(await codeOf(test.repository.resolve(descriptor.digest))).toBe("REGISTRY_DIGEST_MISMATCH");
  });
});

describe("manifest", () => {
  it("gives the bytes as they are stored", async () => {
    await using test = await setUp();
    test.state.addManifest("team/app", stored, "1");
    for (const target of ["1", descriptor.digest]) {
      expect(await test.repository.manifest(target)).toEqual({ descriptor: descriptorOf(), bytes });
    }
  });

  it("says what is missing", async () => {
    await using test = await setUp();
    const { host } = test.registry;
    await expect(test.repository.manifest("1")).rejects.toThrow(`${host}/team/app:1 does not exist`);
    expect(await codeOf(test.repository.manifest("1"))).toBe("REGISTRY_MANIFEST_MISSING");
  });

  it("goes by the document where the header says nothing of use", async () => {
    await using test = await setUp({ intercept: sending({ "content-type": "application/json" }, bytes) });
    expect((await test.repository.manifest("1")).descriptor.mediaType).toBe(mediaTypes.imageManifest);
  });

  it.each([
    ["an index", { manifests: [] }, mediaTypes.imageIndex],
    ["a manifest", { config: emptyBlob(), layers: [] }, mediaTypes.imageManifest],
  ])(
    "knows %s by its members where neither header nor document name a type",
    async (_, members, mediaType) => {
      const untyped = encodeJson({ schemaVersion: 2, ...members });
      await using test = await setUp({ intercept: sending({}, untyped) });
      expect((await test.repository.manifest("1")).descriptor.mediaType).toBe(mediaType);
    },
  );

  it.each([
    ["Docker's schema 1 by its header", "application/vnd.docker.distribution.manifest.v1+prettyjws", bytes],
    ["Docker's schema 1 by its content", "application/json", encodeJson({ schemaVersion: 1, fsLayers: [] })],
    ["a manifest that is sent as an index", mediaTypes.imageIndex, bytes],
    ["a type that is no manifest", "application/json", encodeJson({ mediaType: "application/x", config: 1 })],
  ])("refuses %s", async (_, type, body) => {
    await using test = await setUp({ intercept: sending({ "content-type": type }, body) });
    expect(await codeOf(test.repository.manifest("1"))).toBe("REGISTRY_MANIFEST_UNSUPPORTED");
  });

  it("refuses bytes that are manifest and index at once", async () => {
    const both = encodeJson({ ...(JSON.parse(bytes.toString()) as object), manifests: [] });
    await using test = await setUp({
      intercept: sending({ "content-type": mediaTypes.imageManifest }, both),
    });
    expect(await codeOf(test.repository.manifest("1"))).toBe("OCI_DOCUMENT_INVALID");
  });

  it("refuses what is no JSON", async () => {
    const cut = bytes.subarray(0, 100);
    await using test = await setUp({ intercept: sending({ "content-type": mediaTypes.imageManifest }, cut) });
    expect(await codeOf(test.repository.manifest("1"))).toBe("OCI_DOCUMENT_INVALID");
  });

  it("reads no more than a manifest may have", async () => {
    const large = Buffer.alloc(MANIFEST_MAX_BYTES + 1, " ");
    await using test = await setUp({ intercept: sending({}, large) });
    expect(await codeOf(test.repository.manifest("1"))).toBe("REGISTRY_MANIFEST_TOO_LARGE");
  });

  it("asks the registry itself again when a mirror's bytes do not have the digest", async () => {
    const headers = { "content-type": descriptor.mediaType };
    await using mirror = await setUp({ intercept: sending(headers, Buffer.from("{}")) });
    await using test = await setUp({}, { settings: () => ({ mirrors: [`http://${mirror.registry.host}`] }) });
    test.state.addManifest("team/app", stored, "1");
    expect((await test.repository.manifest(descriptor.digest)).bytes).toEqual(bytes);
    expect(mirror.lines()).toHaveLength(1);
  });
});

describe("writeManifest", () => {
  it("stores the bytes as they are, by digest or tag", async () => {
    await using test = await setUp();
    const untidy = Buffer.from(`{ "schemaVersion":2 ,"manifests": [] }\n`);
    const document = {
      descriptor: { mediaType: mediaTypes.imageIndex, digest: digestOf(untidy), size: untidy.length },
      bytes: untidy,
    };
    await test.repository.writeManifest(document);
    await test.repository.writeManifest(document, "1");
    expect(test.state.find("team/app", "1")).toEqual({
      mediaType: mediaTypes.imageIndex,
      digest: document.descriptor.digest,
      bytes: untidy,
    });
    expect(test.lines()).toEqual([
      `PUT /v2/team/app/manifests/${document.descriptor.digest}`,
      "PUT /v2/team/app/manifests/1",
    ]);
  });

  it("fails when the registry says that it stored something else", async () => {
    await using test = await setUp({
      intercept: (request, response) => {
        if (request.method === "PUT")
          response.writeHead(201, { "docker-content-digest": digestOf("x") }).end();
        return request.method === "PUT";
      },
    });
    expect(await codeOf(test.repository.writeManifest(manifest, "1"))).toBe("REGISTRY_DIGEST_MISMATCH");
  });
});

describe("a target", () => {
  it.each([
    "../../other/manifests/1",
    "a/b",
    "",
    "-a",
    "a?b",
    "a%2Fb",
    "sha256:../x",
    "sha256:12",
    "a".repeat(129),
  ])("that is neither tag nor digest (%s) is asked of nobody", async (target) => {
    await using test = await setUp();
    const { repository } = test;
    for (const action of [
      () => repository.resolve(target),
      () => repository.manifest(target),
      () => repository.deleteManifest(target),
    ]) {
      expect(await codeOf(action())).toBe("REGISTRY_REFERENCE_INVALID");
    }
    if (target !== "") {
      expect(await codeOf(repository.writeManifest(manifest, target))).toBe("REGISTRY_REFERENCE_INVALID");
    }
    expect(test.lines()).toEqual([]);
  });

  it.each(["../x", "a//b", "A", "a?b", ""])(
    "must lie in a repository that is one, not in %j",
    async (name) => {
      await using test = await setUp();
      const { host: registry } = test.registry;
      expect(() => test.client.repository({ registry, repository: name })).toThrow("invalid image reference");
      expect(() => test.client.repository({ registry: `${registry}/x`, repository: "a" })).toThrow();
    },
  );
});

describe("deleteManifest", () => {
  it("takes away what cannot be read", async () => {
    await using test = await setUp();
    const digest = test.state.addManifest("team/app", { mediaType: "text/plain", bytes: Buffer.from("x") });
    await test.repository.deleteManifest(digest);
    expect(test.state.repository("team/app").manifests.size).toBe(0);
  });

  it("takes away a manifest by digest, and a tag alone", async () => {
    await using test = await setUp();
    test.state.addManifest("team/app", stored, "1");
    await test.repository.deleteManifest("1");
    expect(await test.repository.resolve("1")).toBeUndefined();
    expect(await test.repository.resolve(descriptor.digest)).toBeDefined();
    await test.repository.deleteManifest(descriptor.digest);
    expect(await test.repository.resolve(descriptor.digest)).toBeUndefined();
  });

  it("says what the registry cannot do", async () => {
    await using test = await setUp({ deletes: "digests" });
    test.state.addManifest("team/app", stored, "1");
    await expect(test.repository.deleteManifest("1")).rejects.toThrow("does not allow to delete a tag");
    expect(await codeOf(test.repository.deleteManifest("1"))).toBe("REGISTRY_UNSUPPORTED");
  });

  it("says what is missing", async () => {
    await using test = await setUp();
    expect(await codeOf(test.repository.deleteManifest("1"))).toBe("REGISTRY_MANIFEST_MISSING");
    expect(await codeOf(test.repository.deleteBlob(digestOf("x")))).toBe("REGISTRY_BLOB_MISSING");
  });
});

function descriptorOf() {
  const { mediaType, digest, size } = descriptor;
  return { mediaType, digest, size };
}

function emptyBlob() {
  return { mediaType: mediaTypes.empty, digest: digestOf("{}"), size: 2 };
}

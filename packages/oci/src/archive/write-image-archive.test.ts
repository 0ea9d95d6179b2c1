import { gzipSync } from "node:zlib";
import { extract } from "tar-stream";
import { describe, expect, it } from "vitest";
import { soundMembers, tarOf } from "../../test/sample-layout.js";
import { type Digest, digestOf, parseDiffId } from "../digest.js";
import { isOciBuildError } from "../error.js";
import { assembleImage, assembleIndex } from "../image/assemble-image.js";
import type { BlobSource } from "../image/blob-source.js";
import { type ImageContent, imageContent, withDocuments } from "../image/image-content.js";
import { mediaTypes } from "../image/media-types.js";
import { writeImageArchive } from "./write-image-archive.js";

const GiB = 1024 ** 3;

interface Sample extends ReturnType<typeof assembleImage> {
  readonly layer: Buffer;
  readonly blobs: BlobSource;
}

async function sampleImage(architecture = "amd64"): Promise<Sample> {
  const tar = await tarOf(soundMembers);
  const layer = gzipSync(tar);
  const image = assembleImage({
    config: { rootfs: { type: "layers", diff_ids: [parseDiffId(digestOf(tar))] } },
    layers: [{ mediaType: mediaTypes.layerGzip, digest: digestOf(layer), size: layer.length }],
    platform: { os: "linux", architecture },
  });
  return { ...image, layer, blobs: only(digestOf(layer), layer) };
}

function only(expected: Digest, ...chunks: readonly Buffer[]): BlobSource {
  return {
    async *read(digest) {
      if (digest !== expected) throw new Error(`no blob ${digest}`);
      yield* chunks;
    },
  };
}

async function archiveOf(content: ImageContent): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const { size } = await writeImageArchive(content, (chunk) => void chunks.push(Uint8Array.from(chunk)));
  const archive = Buffer.concat(chunks);
  expect(size).toBe(archive.length);
  return archive;
}

interface Read {
  readonly lines: readonly string[];
  readonly bodies: ReadonlyMap<string, Buffer>;
}

async function read(archive: Buffer): Promise<Read> {
  const lines: string[] = [];
  const bodies = new Map<string, Buffer>();
  const reader = extract();
  reader.end(archive);
  for await (const entry of reader) {
    const { name, type, mode, uid, gid, mtime } = entry.header;
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry as AsyncIterable<Uint8Array>) chunks.push(chunk);
    bodies.set(name, Buffer.concat(chunks));
    lines.push(`${type} ${mode.toString(8)} ${uid}:${gid} ${mtime.getTime()} ${name}`);
  }
  return { lines, bodies };
}

async function jsonOf(content: ImageContent): Promise<{ index: unknown; docker: unknown }> {
  const { bodies } = await read(await archiveOf(content));
  const [index, docker] = ["index.json", "manifest.json"].map((name) => JSON.parse(String(bodies.get(name))));
  return { index, docker };
}

describe("writeImageArchive", () => {
  it("writes names sorted, with times, owners and modes fixed", async () => {
    const image = await sampleImage();
    const { lines, bodies } = await read(
      await archiveOf(imageContent([{ ...image, names: [] }], image.blobs)),
    );
    const blobs = [image.config.bytes, image.manifest.bytes, image.layer].map(
      (b) => `blobs/sha256/${digestOf(b).slice(7)}`,
    );
    expect(lines).toEqual([
      "directory 755 0:0 0 blobs/",
      "directory 755 0:0 0 blobs/sha256/",
      ...blobs.sort().map((name) => `file 644 0:0 0 ${name}`),
      "file 644 0:0 0 index.json",
      "file 644 0:0 0 manifest.json",
      "file 644 0:0 0 oci-layout",
    ]);
    for (const name of blobs) expect(digestOf(bodies.get(name) ?? "")).toBe(`sha256:${name.slice(13)}`);
    expect(bodies.get("oci-layout")?.toString()).toBe('{"imageLayoutVersion":"1.0.0"}');
  });

  it("gives the same bytes whatever the chunks of the source", async () => {
    const image = await sampleImage();
    const [head, tail] = [image.layer.subarray(0, 7), image.layer.subarray(7)];
    const names = ["docker.io/library/app:1.0"];
    const archive = await archiveOf(imageContent([{ ...image, names }], image.blobs));
    const again = imageContent(
      [{ ...image, names }],
      only(digestOf(image.layer), head, Buffer.alloc(0), tail),
    );
    expect((await archiveOf(again)).equals(archive)).toBe(true);
  });

  it("lists an image once for each name, with the tag as reference name and containerd's full name", async () => {
    const image = await sampleImage();
    const names = ["docker.io/library/app:1.0", "localhost:5000/team/app:2"];
    const { index, docker } = await jsonOf(imageContent([{ ...image, names }], image.blobs));
    const entry = { ...image.manifest.descriptor, platform: { os: "linux", architecture: "amd64" } };
    expect(index).toEqual({
      schemaVersion: 2,
      mediaType: mediaTypes.imageIndex,
      manifests: names.map((name, at) => ({
        ...entry,
        annotations: {
          "io.containerd.image.name": name,
          "org.opencontainers.image.ref.name": at === 0 ? "1.0" : "2",
        },
      })),
    });
    expect(docker).toEqual([
      {
        Config: `blobs/sha256/${image.config.descriptor.digest.slice(7)}`,
        RepoTags: ["app:1.0", "localhost:5000/team/app:2"],
        Layers: [`blobs/sha256/${digestOf(image.layer).slice(7)}`],
      },
    ]);
  });

  it("lists an image without names once, and keeps the annotations of its descriptor", async () => {
    const image = await sampleImage();
    const descriptor = { ...image.manifest.descriptor, annotations: { "a.b": "c" } };
    const { blobs } = imageContent([{ ...image, names: [] }], image.blobs);
    const { index, docker } = await jsonOf({ roots: [{ descriptor, names: [] }], blobs });
    expect(index).toMatchObject({ manifests: [descriptor] });
    expect(docker).toMatchObject([{ RepoTags: [] }]);
  });

  it("writes all platforms of an index, and gives docker load the first that runs somewhere", async () => {
    const [amd64, arm64] = [await sampleImage("amd64"), await sampleImage("arm64")];
    const attestation = {
      ...arm64.manifest.descriptor,
      platform: { os: "unknown", architecture: "unknown" },
    };
    const index = assembleIndex([attestation, amd64.manifest.descriptor, arm64.manifest.descriptor]);
    const documents = [index, amd64.config, amd64.manifest, arm64.config, arm64.manifest];
    const names = ["docker.io/library/app:1"];
    const blobs = withDocuments(documents, amd64.blobs);
    const content = { roots: [{ descriptor: index.descriptor, names }], blobs };
    const { bodies } = await read(await archiveOf(content));
    expect([...bodies.keys()].filter((name) => name.length > 20)).toHaveLength(6);
    expect(JSON.parse(String(bodies.get("manifest.json")))).toMatchObject([
      { Config: `blobs/sha256/${amd64.config.descriptor.digest.slice(7)}`, RepoTags: ["app:1"] },
    ]);
  });

  it("writes the names of an image that is given twice into one entry for docker load", async () => {
    const image = await sampleImage();
    const images = ["docker.io/library/a:1", "docker.io/library/b:1"].map((name) => ({
      ...image,
      names: [name],
    }));
    expect((await jsonOf(imageContent(images, image.blobs))).docker).toMatchObject([
      { RepoTags: ["a:1", "b:1"] },
    ]);
  });

  it.each([
    { name: "fewer", chunks: (layer: Buffer) => [layer.subarray(1)] },
    { name: "more", chunks: (layer: Buffer) => [layer, Buffer.from("x")] },
  ])("fails when a blob has $name bytes than stated", async ({ chunks }) => {
    const image = await sampleImage();
    const blobs = only(digestOf(image.layer), ...chunks(image.layer));
    await expect(archiveOf(imageContent([{ ...image, names: [] }], blobs))).rejects.toSatisfy((error) =>
      isOciBuildError(error, "OCI_BLOB_SIZE_MISMATCH"),
    );
  });

  it("fails with the error of the blob source, and closes the source", async () => {
    const image = await sampleImage();
    const failure = new Error("disk");
    let closed = false;
    const blobs: BlobSource = {
      async *read() {
        try {
          yield image.layer.subarray(0, 5);
          throw failure;
        } finally {
          closed = true;
        }
      },
    };
    await expect(archiveOf(imageContent([{ ...image, names: [] }], blobs))).rejects.toBe(failure);
    expect(closed).toBe(true);
  });

  it("fails with the error of the sink, takes no more from the source and closes it", async () => {
    const image = await sampleImage();
    const failure = new Error("no space");
    let open = 0;
    const blobs: BlobSource = {
      async *read() {
        open++;
        try {
          for (;;) yield Buffer.alloc(1);
        } finally {
          open--;
        }
      },
    };
    const content = imageContent([{ ...image, names: [] }], blobs);
    let chunks = 0;
    const sink = (): void => {
      if (++chunks > 5) throw failure;
    };
    await expect(writeImageArchive(content, sink)).rejects.toBe(failure);
    expect(open).toBe(0);
  });

  it("stops with the reason of the signal and sends no further chunk", async () => {
    const image = await sampleImage();
    const controller = new AbortController();
    const reason = new Error("enough");
    let chunks = 0;
    const sink = (): void => {
      chunks++;
      controller.abort(reason);
    };
    const content = imageContent([{ ...image, names: [] }], image.blobs);
    await expect(writeImageArchive(content, sink, { signal: controller.signal })).rejects.toBe(reason);
    expect(chunks).toBe(1);
  });

  it("writes the size of a blob beyond 8 GiB as a PAX record", async () => {
    const size = 9 * GiB;
    const digest = digestOf("a made-up layer");
    const image = assembleImage({
      config: { rootfs: { type: "layers", diff_ids: [parseDiffId(digest)] } },
      layers: [{ mediaType: mediaTypes.layer, digest, size }],
      platform: { os: "linux", architecture: "amd64" },
    });
    const enough = new Error("the header was seen");
    const name = `blobs/sha256/${digest.slice(7)}`;
    const sink = (chunk: Uint8Array): void => {
      const text = Buffer.from(chunk).toString("latin1");
      if (!text.includes(name)) return;
      expect(text).toContain(` size=${size}\n`);
      throw enough;
    };
    const content = imageContent([{ ...image, names: [] }], only(digest, Buffer.alloc(64)));
    await expect(writeImageArchive(content, sink)).rejects.toBe(enough);
  });

  it("refuses a name without a tag before it writes anything", async () => {
    const image = await sampleImage();
    const sink = (): void => expect.unreachable();
    await expect(
      writeImageArchive(imageContent([{ ...image, names: ["docker.io/library/app"] }], image.blobs), sink),
    ).rejects.toSatisfy((error) => isOciBuildError(error, "OCI_IMAGE_NAME_INVALID"));
  });
});

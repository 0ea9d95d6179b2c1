import { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Member,
  type SampleLayout,
  sampleLayout,
  soundMembers,
  tarOf,
} from "../../test/sample-layout.js";
import { digestOf } from "../digest.js";
import { isOciBuildError } from "../error.js";
import type { BlobSource } from "../image/blob-source.js";
import { decodeManifest } from "../image/decode-documents.js";
import type { Descriptor } from "../image/descriptor.js";
import { imageRoots } from "../image/image-content.js";
import type { ImageSource } from "../image/image-source.js";
import { mediaTypes } from "../image/media-types.js";
import { readBlob } from "../image/verified-blob.js";
import { encodeJson } from "../json/encode-json.js";
import { openImageLayout } from "../layout/open-image-layout.js";
import { writeImageLayout } from "../layout/write-image-layout.js";
import { validateImage } from "../validate/validate-image.js";
import { openImageArchive } from "./open-image-archive.js";
import { writeImageArchive } from "./write-image-archive.js";

let folder: string;
let opened: ImageSource[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "archive-"));
  opened = [];
});
afterEach(async () => {
  for (const source of opened) await source.close();
  await rm(folder, { recursive: true });
});

async function openTar(bytes: Buffer): Promise<ImageSource> {
  const file = path.join(folder, "image.tar");
  await writeFile(file, bytes);
  const source = await openImageArchive(file);
  opened.push(source);
  return source;
}

async function tarOfLayout({ files }: SampleLayout, prefix = ""): Promise<Buffer> {
  return tarOf([...files].map(([name, bytes]) => [{ name: prefix + name }, bytes]));
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const chunk of chunks) read.push(chunk);
  return Buffer.concat(read);
}

async function layersOf(
  source: ImageSource,
  descriptor: Descriptor | undefined,
): Promise<readonly Descriptor[]> {
  if (descriptor === undefined) throw new Error("no image");
  return decodeManifest(await readBlob(source, descriptor, 1_000_000)).layers;
}

describe("openImageArchive", () => {
  it.each(["", "./"])("reads a layout whose names begin with %j", async (prefix) => {
    const layout = await sampleLayout();
    const source = await openTar(await tarOfLayout(layout, prefix));
    const { manifests } = await source.index();
    expect(source.kind).toBe("oci-archive");
    expect(await layersOf(source, manifests[0])).toEqual([
      expect.objectContaining({ size: layout.files.get(layout.paths.layer)?.length }),
    ]);
    expect(await validateImage(source)).toEqual([]);
  });

  it("gives what can be written again, byte for byte, as an archive and as a folder", async () => {
    const source = await openTar(await tarOfLayout(await sampleLayout()));
    const [descriptor] = (await source.index()).manifests;
    if (descriptor === undefined) throw new Error("no image");
    const write = async (blobs: BlobSource): Promise<Buffer> => {
      const chunks: Uint8Array[] = [];
      const content = { roots: [{ descriptor, names: ["docker.io/library/app:1"] }], blobs };
      await writeImageArchive(content, (chunk) => void chunks.push(Uint8Array.from(chunk)));
      await writeImageLayout(content, path.join(folder, "layout"));
      return Buffer.concat(chunks);
    };
    const first = await write(source);
    const layout = await openImageLayout(path.join(folder, "layout"));
    expect(await validateImage(layout)).toEqual([]);
    expect((await write(layout)).equals(first)).toBe(true);
    expect(await validateImage(await openTar(first))).toEqual([]);
  });

  it("reads a part of a blob", async () => {
    const layout = await sampleLayout();
    const source = await openTar(await tarOfLayout(layout));
    const bytes = layout.files.get(layout.paths.config) ?? Buffer.alloc(0);
    const read = async (offset: number, length?: number): Promise<string> =>
      (await all(source.read(digestOf(bytes), { offset, length }))).toString();
    expect(await read(2, 5)).toBe(bytes.subarray(2, 7).toString());
    expect(await read(bytes.length - 3)).toBe(bytes.subarray(-3).toString());
    expect(await read(bytes.length - 3, 100)).toBe(bytes.subarray(-3).toString());
    expect(await read(bytes.length + 1)).toBe("");
  });

  it("fails at the end of a blob that does not have its digest", async () => {
    const layout = await sampleLayout({
      files: (files, { paths }) => files.set(paths.layer, Buffer.from("x")),
    });
    const source = await openTar(await tarOfLayout(layout));
    const [layer] = await layersOf(source, (await source.index()).manifests[0]);
    if (layer === undefined) throw new Error("no layer");
    await expect(all(source.read(layer.digest))).rejects.toSatisfy((error) =>
      isOciBuildError(error, "OCI_BLOB_DIGEST_MISMATCH"),
    );
  });

  it("says that it does not have a blob", async () => {
    const source = await openTar(await tarOfLayout(await sampleLayout()));
    expect(await source.size(digestOf("x"))).toBeUndefined();
    await expect(all(source.read(digestOf("x")))).rejects.toSatisfy((error) =>
      isOciBuildError(error, "OCI_BLOB_MISSING"),
    );
  });

  it("lists a file that an archive has twice, and reads the later as all who extract do", async () => {
    const layout = await sampleLayout();
    const double: Member = [{ name: "oci-layout" }, '{"imageLayoutVersion":"9"}'];
    const source = await openTar(
      Buffer.concat([(await tarOfLayout(layout)).subarray(0, -1024), await tarOf([double])]),
    );
    expect((await validateImage(source)).map(({ rule, path: at }) => `${rule} ${at}`)).toEqual([
      "file.duplicate oci-layout",
      "document.value oci-layout#/imageLayoutVersion",
    ]);
  });

  it.each([
    { name: "no image", bytes: () => tarOf([[{ name: "a" }, "b"]]), code: "OCI_ARCHIVE_INVALID" },
    { name: "an empty file", bytes: async () => Buffer.alloc(0), code: "OCI_ARCHIVE_INVALID" },
    { name: "no tar", bytes: async () => Buffer.alloc(4096, "x"), code: "OCI_TAR_INVALID" },
    {
      name: "a compressed tar",
      bytes: async () => gzipSync(await tarOf([])),
      code: "OCI_ARCHIVE_COMPRESSED",
    },
    {
      name: "a cut tar",
      bytes: async () => (await tarOf([[{ name: "a" }, "b".repeat(2000)]])).subarray(0, 1500),
      code: "OCI_TAR_INVALID",
    },
  ])("refuses $name", async ({ bytes, code }) => {
    const content = await bytes();
    await expect(openTar(content)).rejects.toSatisfy((error) => isOciBuildError(error, code));
  });
});

describe("openImageArchive of a tar that was cut short", () => {
  it("names the file", async () => {
    const file = path.join(folder, "cut.tar");
    await writeFile(file, (await tarOf([[{ name: "a" }, "b".repeat(2000)]])).subarray(0, 1500));
    await expect(openImageArchive(file)).rejects.toMatchObject({
      code: "OCI_TAR_INVALID",
      message: expect.stringMatching(`^cannot read ${file}: tar is not valid at byte`),
      data: { file },
    });
  });
});

describe("openImageArchive and openImageLayout of what is not there", () => {
  it.each([
    {
      name: "no such file",
      run: () => openImageArchive(path.join(folder, "none")),
      code: "OCI_ARCHIVE_UNREADABLE",
    },
    { name: "a folder as archive", run: () => openImageArchive(folder), code: "OCI_ARCHIVE_INVALID" },
    {
      name: "no such folder",
      run: () => openImageLayout(path.join(folder, "none")),
      code: "OCI_ARCHIVE_UNREADABLE",
    },
    { name: "a folder without index.json", run: () => openImageLayout(folder), code: "OCI_ARCHIVE_INVALID" },
  ])("refuse $name", async ({ run, code }) => {
    await expect(run()).rejects.toSatisfy((error) => isOciBuildError(error, code));
  });
});

describe("openImageArchive of docker save", () => {
  /** What Docker wrote before it wrote layouts: plain layers, shared ones by links, a config named by its digest. */
  async function dockerArchive(change: (members: Member[]) => void = () => undefined): Promise<Buffer> {
    const tar = await tarOf(soundMembers);
    const config = encodeJson({
      architecture: "arm64",
      variant: "v8",
      os: "linux",
      rootfs: { type: "layers", diff_ids: [digestOf(tar), digestOf(tar)] },
    });
    const name = `${digestOf(config).slice(7)}.json`;
    const manifest = [
      { Config: name, RepoTags: ["app:1", "team/app:2"], Layers: ["a/layer.tar", "b/layer.tar"] },
    ];
    const members: Member[] = [
      [{ name: "a/", type: "directory" }],
      [{ name: "a/layer.tar" }, tar],
      [{ name: "b/layer.tar", type: "symlink", linkname: "../a/layer.tar" }],
      [{ name }, config],
      [{ name: "manifest.json" }, JSON.stringify(manifest)],
      [{ name: "repositories" }, "{}"],
    ];
    change(members);
    return tarOf(members);
  }

  it("makes the index and the manifest that it lacks", async () => {
    const source = await openTar(await dockerArchive());
    const { manifests } = await source.index();
    expect(source.kind).toBe("docker-archive");
    expect(manifests.map(({ platform, annotations }) => ({ platform, annotations }))).toEqual(
      ["docker.io/library/app:1", "docker.io/team/app:2"].map((name) => ({
        platform: { architecture: "arm64", os: "linux", variant: "v8" },
        annotations: {
          "io.containerd.image.name": name,
          "org.opencontainers.image.ref.name": name.slice(-1),
        },
      })),
    );
    const layers = await layersOf(source, manifests[0]);
    const tar = await tarOf(soundMembers);
    const layer = { mediaType: mediaTypes.layer, digest: digestOf(tar), size: tar.length };
    expect(layers).toEqual([layer, layer]);
    expect((await all(source.read(layer.digest))).equals(tar)).toBe(true);
    expect(await source.size(layer.digest)).toBe(tar.length);
    expect(await validateImage(source)).toEqual([]);
  });

  it.each(["all its names", "none"])("can be written as a layout with %s", async (which) => {
    const source = await openTar(await dockerArchive());
    const roots = imageRoots(await source.index());
    expect(roots.map(({ names }) => names)).toEqual([["docker.io/library/app:1", "docker.io/team/app:2"]]);
    const target = path.join(folder, "layout");
    const named = which === "none" ? roots.map((root) => ({ ...root, names: [] })) : roots;
    await writeImageLayout({ roots: named, blobs: source }, target);
    expect(await validateImage(await openImageLayout(target))).toEqual([]);
  });

  it("takes compressed layers under Docker's names", async () => {
    const source = await openTar(
      await dockerArchive((members) => {
        members[1] = [{ name: "a/layer.tar" }, gzipSync(String(members[1]?.[1]))];
      }),
    );
    expect((await layersOf(source, (await source.index()).manifests[0]))[0]?.mediaType).toBe(
      mediaTypes.layerGzip,
    );
  });

  it.each([
    {
      name: "a layer that is missing",
      change: (members: Member[]): void => void members.splice(1, 1),
      expected: ["file.missing manifest.json#/0/Layers/0", "file.missing manifest.json#/0/Layers/1"],
    },
    {
      name: "a link that leads out of the archive",
      change: (members: Member[]): void => {
        members[2] = [{ name: "b/layer.tar", type: "symlink", linkname: "/etc/passwd" }];
      },
      expected: ["file.missing manifest.json#/0/Layers/1"],
    },
    {
      name: "a link to itself",
      change: (members: Member[]): void => {
        members[2] = [{ name: "b/layer.tar", type: "symlink", linkname: "layer.tar" }];
      },
      expected: ["file.missing manifest.json#/0/Layers/1"],
    },
    {
      name: "a config that is not what its name says",
      change: (members: Member[]): void => {
        const config = String(members[3]?.[1]).replace("arm64", "amd64");
        members[3] = [{ name: members[3]?.[0].name ?? "" }, config];
      },
      expected: ["blob.digest manifest.json#/0/Config"],
    },
    {
      name: "a layer that is not the config's",
      change: (members: Member[]): void => {
        members[2] = [{ name: "b/layer.tar" }, "\0".repeat(1024)];
      },
      expected: ["layer.diff-id #/rootfs/diff_ids/1"],
    },
  ])("lists $name", async ({ change, expected }) => {
    const mismatches = await validateImage(await openTar(await dockerArchive(change)));
    expect(
      mismatches.map(({ rule, path: at }) => `${rule} ${at.replace(/^[0-9a-f]{64}\.json/, "")}`),
    ).toEqual(expected);
  });
});

describe("openImageLayout", () => {
  it("does not follow a link out of the folder", async () => {
    const source = await openTar(await tarOfLayout(await sampleLayout()));
    const [descriptor] = (await source.index()).manifests;
    if (descriptor === undefined) throw new Error("no image");
    const target = path.join(folder, "layout");
    await writeImageLayout({ roots: [{ descriptor, names: [] }], blobs: source }, target);
    await writeFile(path.join(folder, "secret"), "secret");
    const digest = digestOf("secret");
    await symlink(path.join(folder, "secret"), path.join(target, "blobs", "sha256", digest.slice(7)));
    expect(await readdir(path.join(target, "blobs", "sha256"))).toHaveLength(4);
    const layout = await openImageLayout(target);
    expect(await layout.size(digest)).toBeUndefined();
    await expect(all(layout.read(digest))).rejects.toSatisfy((error) =>
      isOciBuildError(error, "OCI_BLOB_MISSING"),
    );
    expect(await layout.files.size("../secret")).toBeUndefined();
    expect(await layout.files.size("blobs/sha256/../../oci-layout")).toBeUndefined();
    expect(await layout.files.size("blobs")).toBeUndefined();
    expect(await layout.files.size("oci-layout")).toBe(30);
  });
});

import zlib, { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  type Changes,
  descriptorOf,
  type Loose,
  memorySource,
  mismatchLines,
  pathOf,
  sampleLayout,
} from "../../test/sample-layout.js";
import { encodeJson } from "../json/encode-json.js";
import { validateImage } from "./validate-image.js";

const zeros = `sha256:${"0".repeat(64)}`;

interface Case {
  readonly name: string;
  readonly changes: Changes;
  readonly expected: readonly string[];
}

const documents: readonly Case[] = [
  {
    name: "a layout without oci-layout",
    changes: { files: (files) => files.delete("oci-layout") },
    expected: ["file.missing oci-layout"],
  },
  {
    name: "a layout version of another standard",
    changes: { files: (files) => files.set("oci-layout", Buffer.from('{"imageLayoutVersion":"2.0"}')) },
    expected: ["document.value oci-layout#/imageLayoutVersion"],
  },
  {
    name: "an index that is no JSON",
    changes: { files: (files) => files.set("index.json", Buffer.from("{")) },
    expected: ["document.json index.json", "docker.config manifest.json#/0/Config"],
  },
  {
    name: "an index that is not UTF-8",
    changes: { files: (files) => files.set("index.json", Buffer.from([0x22, 0xff, 0x22])) },
    expected: ["document.json index.json", "docker.config manifest.json#/0/Config"],
  },
  {
    name: "an index nested too deep",
    changes: {
      files: (files) => files.set("index.json", Buffer.from(`${"[".repeat(100)}${"]".repeat(100)}`)),
      docker: () => [],
    },
    expected: ["document.limit index.json"],
  },
  {
    name: "an index larger than the limit",
    changes: {
      files: (files) => files.set("index.json", Buffer.alloc(4 * 1024 * 1024 + 1, 0x20)),
      docker: () => [],
    },
    expected: ["document.limit index.json"],
  },
  {
    name: "an index of another schema version, and a media type that is none",
    changes: { index: (index) => ({ ...index, schemaVersion: 1, artifactType: "x" }) },
    expected: ["document.format index.json#/artifactType", "document.value index.json#/schemaVersion"],
  },
  {
    name: "an index that says it is a manifest",
    changes: { index: (index) => ({ ...index, mediaType: "application/vnd.oci.image.manifest.v1+json" }) },
    expected: ["document.media-type index.json#/mediaType"],
  },
  {
    name: "an index that could be read as a manifest",
    changes: { index: (index) => ({ ...index, layers: [] }) },
    expected: ["document.ambiguous index.json#/layers"],
  },
  {
    name: "a member that Go would read under another spelling",
    changes: { index: (index) => ({ ...index, Manifests: [] }) },
    expected: ["document.ambiguous index.json#/Manifests"],
  },
  {
    name: "an index without manifests",
    changes: { index: ({ schemaVersion }) => ({ schemaVersion }), docker: () => [] },
    expected: ["document.required index.json#/manifests"],
  },
  {
    name: "a platform without an architecture and an annotation that is no text",
    changes: {
      index: (index) => {
        const [entry] = index.manifests;
        return { ...index, manifests: [{ ...entry, platform: { os: "linux" }, annotations: { "a/b": 1 } }] };
      },
    },
    expected: [
      "document.type index.json#/manifests/0/annotations/a~1b",
      "document.required index.json#/manifests/0/platform/architecture",
      "config.platform index.json#/manifests/0/platform/architecture",
    ],
  },
  {
    name: "a digest in capitals, which cannot be followed",
    changes: {
      index: (index) => {
        const [entry] = index.manifests;
        return { ...index, manifests: [{ ...entry, digest: entry.digest.toUpperCase() }] };
      },
      docker: () => [],
    },
    expected: ["document.format index.json#/manifests/0/digest"],
  },
  {
    name: "a digest of another algorithm, which the schema knows and we do not",
    changes: {
      index: (index) => {
        const [entry] = index.manifests;
        return { ...index, manifests: [{ ...entry, digest: `sha512:${"0".repeat(128)}` }] };
      },
      docker: () => [],
    },
    expected: ["document.format index.json#/manifests/0/digest"],
  },
  {
    name: "a negative size and a size that is text",
    changes: {
      manifest: (manifest) => ({
        ...manifest,
        config: { ...manifest.config, size: -1 },
        layers: [{ ...manifest.layers[0], size: "7" }],
      }),
      docker: () => [],
    },
    expected: [
      "document.value blobs/sha256/manifest#/config/size",
      "document.type blobs/sha256/manifest#/layers/0/size",
    ],
  },
  {
    name: "a manifest that says it is of another type",
    changes: {
      manifest: (manifest) => ({
        ...manifest,
        mediaType: "application/vnd.docker.distribution.manifest.v2+json",
      }),
    },
    expected: ["document.media-type blobs/sha256/manifest#/mediaType"],
  },
  {
    name: "embedded data that is another blob's",
    changes: {
      manifest: (manifest) => ({ ...manifest, config: { ...manifest.config, data: "e30=" } }),
    },
    expected: ["descriptor.data blobs/sha256/manifest#/config/data"],
  },
];

const blobs: readonly Case[] = [
  {
    name: "a blob that is missing",
    changes: { files: (files, { paths }) => files.delete(paths.layer) },
    expected: ["blob.missing blobs/sha256/manifest#/layers/0"],
  },
  {
    name: "a config that is missing",
    changes: { files: (files, { paths }) => files.delete(paths.config), docker: () => [] },
    expected: ["blob.missing blobs/sha256/manifest#/config"],
  },
  {
    name: "a size that is not the blob's",
    changes: {
      manifest: (manifest) => ({ ...manifest, layers: [{ ...manifest.layers[0], size: 1 }] }),
    },
    expected: ["blob.size blobs/sha256/manifest#/layers/0/size"],
  },
  {
    name: "a blob with one more byte",
    changes: {
      files: (files, { paths }) => {
        files.set(paths.layer, Buffer.concat([files.get(paths.layer) ?? Buffer.alloc(0), Buffer.from("x")]));
      },
    },
    expected: [
      "blob.digest blobs/sha256/layer",
      "blob.size blobs/sha256/manifest#/layers/0/size",
      "layer.compression blobs/sha256/layer",
    ],
  },
];

const configs: readonly Case[] = [
  {
    name: "a config without an operating system, with a wrong time and a Cmd that is text",
    changes: {
      config: ({ os: _, ...config }) => ({ ...config, created: "yesterday", config: { Cmd: "sh" } }),
    },
    expected: [
      "document.required blobs/sha256/config#/os",
      "document.type blobs/sha256/config#/config/Cmd",
      "document.format blobs/sha256/config#/created",
      "config.platform index.json#/manifests/0/platform/os",
    ],
  },
  {
    name: "a config with an array for an object and a text for a boolean",
    changes: {
      config: (config) => ({ ...config, config: [], history: [{ empty_layer: "no" }] }),
    },
    expected: [
      "document.type blobs/sha256/config#/config",
      "document.type blobs/sha256/config#/history/0/empty_layer",
    ],
  },
  {
    name: "a root filesystem of another type",
    changes: { config: (config) => ({ ...config, rootfs: { ...config.rootfs, type: "layer" } }) },
    expected: ["document.value blobs/sha256/config#/rootfs/type"],
  },
  {
    name: "an environment variable without a name",
    changes: { config: (config) => ({ ...config, config: { Env: ["A=1", "=2", "B"] } }) },
    expected: [
      "config.env blobs/sha256/config#/config/Env/1",
      "config.env blobs/sha256/config#/config/Env/2",
    ],
  },
  {
    name: "one diffID too many",
    changes: {
      config: (config) => ({
        ...config,
        rootfs: { ...config.rootfs, diff_ids: [...config.rootfs.diff_ids, zeros] },
        history: [...config.history, { created_by: "more" }],
      }),
    },
    expected: ["config.diff-ids-count blobs/sha256/config#/rootfs/diff_ids"],
  },
  {
    name: "history that leaves a layer out",
    changes: { config: (config) => ({ ...config, history: [{ created_by: "x", empty_layer: true }] }) },
    expected: ["config.history-count blobs/sha256/config#/history"],
  },
  {
    name: "a platform that is not the config's",
    changes: { config: (config) => ({ ...config, architecture: "arm64" }) },
    expected: ["config.platform index.json#/manifests/0/platform/architecture"],
  },
  {
    name: "a diffID that is not the layer's",
    changes: { config: (config) => ({ ...config, rootfs: { type: "layers", diff_ids: [zeros] } }) },
    expected: ["layer.diff-id blobs/sha256/config#/rootfs/diff_ids/0"],
  },
];

const layers: readonly Case[] = [
  {
    name: "a layer that is not gzip",
    changes: { layer: Buffer.from("not gzip at all") },
    expected: ["layer.compression blobs/sha256/layer"],
  },
  {
    name: "a layer whose gzip stream is cut",
    changes: { layer: gzipSync(Buffer.alloc(1024)).subarray(0, 20) },
    expected: ["layer.compression blobs/sha256/layer"],
  },
  {
    name: "a layer with zeros after its gzip stream",
    changes: { layer: Buffer.concat([gzipSync(Buffer.alloc(1024)), Buffer.alloc(10)]) },
    expected: ["layer.compression blobs/sha256/layer"],
  },
  {
    name: "a layer that is no tar, and not the config's either",
    changes: {
      tar: Buffer.alloc(2048, "x"),
      config: (config) => ({ ...config, rootfs: { type: "layers", diff_ids: [zeros] } }),
    },
    expected: ["layer.tar blobs/sha256/layer", "layer.diff-id blobs/sha256/config#/rootfs/diff_ids/0"],
  },
  {
    name: "a layer that is no tar",
    changes: { tar: Buffer.alloc(2048, "x") },
    expected: ["layer.tar blobs/sha256/layer"],
  },
  {
    name: "a layer that says zstd and is none, or zstd where Node has none",
    changes: {
      manifest: (manifest) => {
        const mediaType = "application/vnd.oci.image.layer.v1.tar+zstd";
        return { ...manifest, layers: [{ ...manifest.layers[0], mediaType }] };
      },
    },
    expected: [`layer.${"zstdCompress" in zlib ? "compression" : "unverified"} blobs/sha256/layer`],
  },
];

describe("validateImage", () => {
  it("finds nothing wrong with a sound image", async () => {
    expect(await mismatchLines(await sampleLayout())).toEqual([]);
  });

  it("takes an image of metadata alone, where the schema asks for at least one layer", async () => {
    const layout = await sampleLayout({
      config: ({ history: _, ...config }) => ({ ...config, rootfs: { type: "layers", diff_ids: [] } }),
      manifest: (manifest) => ({ ...manifest, layers: [] }),
      files: (files) => files.delete("manifest.json"),
    });
    expect(await mismatchLines(layout)).toEqual([]);
  });

  it.each([...documents, ...blobs, ...configs, ...layers])("lists $name", async (sample) => {
    expect(await mismatchLines(await sampleLayout(sample.changes))).toEqual(sample.expected);
  });

  it("states what is said and what was found", async () => {
    const layout = await sampleLayout({ config: (config) => ({ ...config, architecture: "arm64" }) });
    expect(await validateImage(memorySource(layout.files))).toEqual([
      {
        path: "index.json#/manifests/0/platform/architecture",
        rule: "config.platform",
        stated: '"amd64"',
        found: '"arm64"',
      },
    ]);
  });

  it("checks every image of a nested index, and takes an artifact by its digest alone", async () => {
    const artifact = encodeJson({
      schemaVersion: 2,
      config: descriptorOf("application/vnd.oci.empty.v1+json", Buffer.from("{}")),
      layers: [],
    });
    const layout = await sampleLayout();
    const [entry] = JSON.parse(String(layout.files.get("index.json"))).manifests as Loose[];
    const nested = encodeJson({
      schemaVersion: 2,
      manifests: [
        { ...entry, platform: { os: "linux", architecture: "arm64" } },
        descriptorOf("application/vnd.oci.image.manifest.v1+json", artifact),
      ],
    });
    const index = {
      schemaVersion: 2,
      manifests: [{ ...descriptorOf("application/vnd.oci.image.index.v1+json", nested) }],
    };
    for (const bytes of [nested, artifact, Buffer.from("{}")]) {
      layout.files.set(`blobs/sha256/${descriptorOf("", bytes).digest.slice(7)}`, bytes);
    }
    layout.files.set("index.json", encodeJson(index));
    expect(await mismatchLines(layout)).toEqual([
      "config.platform blobs/sha256/?#/manifests/0/platform/architecture",
    ]);
  });

  it("lists a thousand problems of a document, and that there are more", async () => {
    const manifests = Array.from({ length: 1500 }, () => 1);
    const layout = await sampleLayout({ index: (index) => ({ ...index, manifests }), docker: () => [] });
    const found = await mismatchLines(layout);
    expect(found).toHaveLength(1001);
    expect(found.at(-1)).toBe("document.limit index.json");
  });

  it("follows indexes eight deep", async () => {
    const { files } = await sampleLayout({ docker: () => [] });
    let index: Buffer = encodeJson({ schemaVersion: 2, manifests: [] });
    for (let depth = 0; depth < 10; depth++) {
      files.set(pathOf(index), index);
      const manifests = [descriptorOf("application/vnd.oci.image.index.v1+json", index)];
      index = encodeJson({ schemaVersion: 2, manifests });
    }
    files.set("index.json", index);
    const mismatches = await validateImage(memorySource(files));
    expect(mismatches).toMatchObject([{ rule: "document.limit", found: "deeper" }]);
  });

  it.each([
    { name: "decompresses to more", limits: { layerBytes: 1000 }, place: "" },
    { name: "has more names", limits: { layerNameChars: 30 }, place: "!etc/motd.symlink" },
  ])("lists a layer that $name than the limit", async ({ limits, place }) => {
    const { files, paths } = await sampleLayout();
    const mismatches = await validateImage(memorySource(files), { limits });
    expect(mismatches).toMatchObject([{ rule: "layer.limit", path: `${paths.layer}${place}` }]);
  });

  it("stops when it is told to", async () => {
    const { files } = await sampleLayout();
    const reason = new Error("enough");
    await expect(validateImage(memorySource(files), { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });
});

import { describe, expect, it } from "vitest";
import { sampleLayout } from "../../test/sample-layout.js";
import type { OciBuildError } from "../error.js";
import { encodeJson } from "../json/encode-json.js";
import { CONFIG_MAX_BYTES, decodeConfig, decodeIndex, decodeManifest } from "./decode-documents.js";

const config = { mediaType: "a/b", digest: `sha256:${"0".repeat(64)}`, size: 2 };

function thrown(run: () => unknown): OciBuildError {
  try {
    run();
  } catch (error) {
    return error as OciBuildError;
  }
  throw new Error("nothing was thrown");
}

describe("decodeManifest", () => {
  it("reads what a layout has", async () => {
    const { files, paths } = await sampleLayout();
    const manifest = decodeManifest(files.get(paths.manifest) ?? Buffer.alloc(0));
    expect(manifest.layers.map(({ mediaType }) => mediaType)).toEqual([
      "application/vnd.oci.image.layer.v1.tar+gzip",
    ]);
  });

  it("takes null for no layers, and other null members for absent, as Go writes them", () => {
    const bytes = encodeJson({ schemaVersion: 2, config, layers: null, annotations: null });
    expect(decodeManifest(bytes)).toEqual({ schemaVersion: 2, config, layers: [] });
  });

  it("refuses a document that is an index as well", () => {
    const error = thrown(() =>
      decodeManifest(encodeJson({ schemaVersion: 2, config, layers: [], manifests: [] })),
    );
    expect(error.code).toBe("OCI_DOCUMENT_INVALID");
    expect(error.data["problems"]).toMatchObject([{ path: "/manifests", rule: "document.ambiguous" }]);
  });

  it("lists the paths of all that is wrong", () => {
    const layers = [
      { ...config, size: -1 },
      { ...config, digest: "md5:0" },
    ];
    const error = thrown(() => decodeManifest(encodeJson({ schemaVersion: 1, config, layers })));
    expect(error.data["problems"]).toMatchObject([
      { path: "/layers/0/size", rule: "document.value" },
      { path: "/layers/1/digest", rule: "document.format" },
      { path: "/schemaVersion", rule: "document.value" },
    ]);
  });

  it("counts all problems of a hostile document, and tells twenty", () => {
    const layers = Array.from({ length: 5000 }, () => 1);
    const error = thrown(() => decodeManifest(encodeJson({ schemaVersion: 2, config, layers })));
    expect(error.data["problemCount"]).toBe(1001);
    expect(error.data["problems"]).toHaveLength(20);
  });
});

describe("decodeIndex", () => {
  it("refuses a document that is a manifest as well", () => {
    const error = thrown(() => decodeIndex(encodeJson({ schemaVersion: 2, manifests: [], layers: [] })));
    expect(error.data["problems"]).toMatchObject([{ path: "/layers", rule: "document.ambiguous" }]);
  });
});

describe("decodeConfig", () => {
  it("keeps members that it does not know, and drops null ones", () => {
    const value = {
      architecture: "amd64",
      os: "linux",
      rootfs: { type: "layers", diff_ids: [] },
      "moby.buildkit": [1],
    };
    const bytes = encodeJson({ ...value, config: { Cmd: null, Labels: { "": "x" } } });
    expect(decodeConfig(bytes)).toEqual({ ...value, config: { Labels: { "": "x" } } });
  });

  it("refuses what is larger than the limit before it parses it", () => {
    const error = thrown(() => decodeConfig(Buffer.alloc(CONFIG_MAX_BYTES + 1)));
    expect(error.code).toBe("OCI_DOCUMENT_TOO_LARGE");
    expect(error.data).toMatchObject({ sizeBytes: CONFIG_MAX_BYTES + 1, maxBytes: CONFIG_MAX_BYTES });
  });

  it("refuses nesting that would exhaust the stack", () => {
    const error = thrown(() => decodeConfig(Buffer.from("[".repeat(200_000) + "]".repeat(200_000))));
    expect(error.data["problems"]).toMatchObject([{ rule: "document.limit" }]);
  });
});

import { describe, expect, it } from "vitest";
import { type Changes, mismatchLines, sampleLayout } from "../../test/sample-layout.js";

const cases: readonly { name: string; changes: Changes; expected: readonly string[] }[] = [
  {
    name: "a manifest.json that lists another config",
    changes: { docker: ([entry]) => [{ ...entry, Config: "blobs/sha256/x" }] },
    expected: ["docker.config manifest.json#/0/Config", "docker.config manifest.json"],
  },
  {
    name: "a manifest.json that lists no image",
    changes: { docker: () => [] },
    expected: ["docker.config manifest.json"],
  },
  {
    name: "a manifest.json that lists other layers",
    changes: { docker: ([entry]) => [{ ...entry, Layers: ["other", ...entry.Layers] }] },
    expected: ["docker.layers manifest.json#/0/Layers/0", "docker.layers manifest.json#/0/Layers/1"],
  },
  {
    name: "a manifest.json that gives another name",
    changes: { docker: ([entry]) => [{ ...entry, RepoTags: ["app:2.0"] }] },
    expected: ["docker.names manifest.json#/0/RepoTags"],
  },
  {
    name: "a manifest.json of another form",
    changes: { docker: ([entry]) => [{ ...entry, RepoTags: "app:1.0" }] },
    expected: ["document.type manifest.json#/0/RepoTags", "docker.names manifest.json#/0/RepoTags"],
  },
];

describe("validateImage of manifest.json beside index.json", () => {
  it.each(cases)("lists $name", async ({ changes, expected }) => {
    expect(await mismatchLines(await sampleLayout(changes))).toEqual(expected);
  });

  it("takes a manifest.json without names where the index has no full names", async () => {
    const layout = await sampleLayout({
      index: (index) => ({ ...index, manifests: [{ ...index.manifests[0], annotations: {} }] }),
      docker: ([entry]) => [{ ...entry, RepoTags: null }],
    });
    expect(await mismatchLines(layout)).toEqual([]);
  });
});

import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import type { BuildOutput } from "./build-options.js";
import { type ResolvedOutput, resolveOutputs } from "./resolve-outputs.js";

const file = "app.oci.tar";
const outputsOf = (
  given: BuildOutput | readonly BuildOutput[] | undefined,
  tags: readonly string[] = ["app:1"],
): readonly ResolvedOutput[] => resolveOutputs(given, { tags, file }).outputs;

const names = ["docker.io/library/app:1"];
const push = (...targets: [registry: string, repository: string, ...tags: string[]][]): ResolvedOutput => ({
  kind: "push",
  targets: targets.map(([registry, repository, ...tags]) => ({ registry, repository, tags })),
});

describe("resolveOutputs", () => {
  it.each<[string, BuildOutput | undefined, readonly ResolvedOutput[]]>([
    ["nothing", undefined, [{ kind: "archive", dest: file, form: "tar", names }]],
    ["none", { type: "none" }, []],
    ["oci without a place", { type: "oci" }, [{ kind: "archive", dest: file, form: "tar", names }]],
    [
      "a folder with a name of its own",
      { type: "docker", dest: "d", tar: false, names: ["x"] },
      [{ kind: "archive", dest: "d", form: "folder", names: ["docker.io/library/x:latest"] }],
    ],
    ["files in a folder", { type: "local", dest: "d" }, [{ kind: "files", dest: "d", form: "folder" }]],
    ["files in a tar", { type: "tar", dest: "f.tar" }, [{ kind: "files", dest: "f.tar", form: "tar" }]],
    ["docker without a place", { type: "docker" }, [{ kind: "load", context: undefined, names }]],
    ["an image", { type: "image" }, [{ kind: "store", names }]],
    ["an image to push", { type: "image", push: true }, [push(["docker.io", "library/app", "1"])]],
    [
      "an image to store and push",
      { type: "image", push: true, store: true },
      [{ kind: "store", names }, push(["docker.io", "library/app", "1"])],
    ],
    ["an image for nothing", { type: "image", store: false }, []],
    [
      "a push of several names",
      { type: "registry", names: ["a.example/x:1", "b.example/x", "a.example/x:2", "a.example/x:1"] },
      [push(["a.example", "x", "1", "2"], ["b.example", "x", "latest"])],
    ],
    [
      "a push by digest",
      { type: "registry", names: ["a.example/x", "b.example:1/y"], pushByDigest: true },
      [push(["a.example", "x"], ["b.example:1", "y"])],
    ],
  ])("reads %s", (_, given, outputs) => {
    expect(outputsOf(given)).toEqual(outputs);
  });

  it("Differs: an image that is pushed is not kept in the store unless that is asked for", () => {
    const kinds = (output: BuildOutput): readonly string[] => outputsOf(output).map(({ kind }) => kind);
    expect(kinds({ type: "image", push: true })).toEqual(["push"]);
    expect(kinds({ type: "image", push: true, store: true })).toEqual(["store", "push"]);
  });

  it("Differs: an output's own names win over tags", () => {
    expect(outputsOf({ type: "image", names: ["a.example/x:2"] }, ["app:1"])).toEqual([
      { kind: "store", names: ["a.example/x:2"] },
    ]);
  });

  it("keeps the order of several, and gives all their names once", () => {
    const given: readonly BuildOutput[] = [
      { type: "registry", names: ["a.example/x:1"] },
      { type: "oci" },
      { type: "registry", names: ["a.example/y"], pushByDigest: true },
    ];
    const resolved = resolveOutputs(given, { tags: ["app:1", "a.example/x:1"], file });
    expect(resolved.outputs.map(({ kind }) => kind)).toEqual(["push", "archive", "push"]);
    expect(resolved.names).toEqual(["docker.io/library/app:1", "a.example/x:1", "a.example/y"]);
  });

  it("knows the registries that outputs call insecure, by the tags where they have no names", () => {
    const given: readonly BuildOutput[] = [
      { type: "registry", names: ["a.example/x:1"], insecure: true },
      { type: "image", insecure: true },
      { type: "registry", names: ["c.example/x"] },
    ];
    expect(resolveOutputs(given, { tags: ["b.example:1/x"], file }).insecure).toEqual([
      "a.example",
      "b.example:1",
    ]);
  });

  it.each<[string, BuildOutput, readonly string[]]>([
    ["a push without a name", { type: "registry" }, []],
    ["an image to store without a name", { type: "image" }, []],
    ["a push with an empty list of names", { type: "registry", names: [] }, ["app"]],
    ["a tag by digest", { type: "registry", pushByDigest: true }, ["app:1"]],
  ])("refuses %s", (_, given, tags) => {
    expect(() => outputsOf(given, tags)).toThrowError(expect.objectContaining({ code: "OPTION_INVALID" }));
  });

  it("refuses two outputs at one place, however it is written", () => {
    const stream = new PassThrough();
    const pairs: readonly (readonly BuildOutput[])[] = [
      [{ type: "oci" }, { type: "docker", dest: `./x/../${file}` }],
      [
        { type: "oci", dest: stream },
        { type: "docker", dest: stream },
      ],
      [
        { type: "local", dest: "out" },
        { type: "tar", dest: "./out" },
      ],
    ];
    for (const pair of pairs) {
      expect(() => outputsOf(pair)).toThrowError(expect.objectContaining({ code: "OPTION_INVALID" }));
    }
  });
});

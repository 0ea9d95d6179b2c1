import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { outputFlags } from "./output-flags.js";

const stdout = new PassThrough();
const outputs = (output: readonly string[], flags: { push?: boolean; load?: boolean } = {}): unknown =>
  outputFlags({ output, ...flags }, stdout).outputs;

describe("outputFlags", () => {
  it.each<[string, readonly string[], { push?: boolean; load?: boolean }, unknown]>([
    ["nothing", [], {}, undefined],
    ["nothing for what is turned off", [], { push: false, load: false }, undefined],
    ["--push alone", [], { push: true }, [{ type: "registry" }]],
    ["--load alone", [], { load: true }, [{ type: "docker" }]],
    ["both", [], { push: true, load: true }, [{ type: "registry" }, { type: "docker" }]],
    [
      "--push beside a file",
      ["type=oci,dest=a"],
      { push: true },
      [{ type: "oci", dest: "a", tar: true }, { type: "registry" }],
    ],
    [
      "--push of an image that is asked for",
      ["type=image,name=a"],
      { push: true },
      [{ type: "image", names: ["a"], push: true }],
    ],
    ["--push of what is pushed anyway", ["type=registry"], { push: true }, [{ type: "registry" }]],
    ["--load of what is loaded anyway", ["type=docker"], { load: true }, [{ type: "docker" }]],
    [
      "--load beside a file",
      ["type=docker,dest=a"],
      { load: true },
      [{ type: "docker", dest: "a", tar: true }, { type: "docker" }],
    ],
  ])("reads %s", (_, output, flags, expected) => {
    expect(outputs(output, flags)).toEqual(expected);
  });

  it("joins the compressions of all outputs, and refuses different ones", () => {
    const { compression } = outputFlags(
      { output: ["type=oci,compression=zstd", "type=registry,compression-level=9"] },
      stdout,
    );
    expect(compression).toEqual({ type: "zstd", level: 9 });
    expect(() => outputs(["type=oci,compression=zstd", "type=registry,compression=gzip"])).toThrowError(
      expect.objectContaining({ code: "OPTION_INVALID" }),
    );
  });
});

import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import type { BuildFlags } from "./build-flags.js";
import { flagOptions, mergeFlags } from "./flag-options.js";
import { parseArguments } from "./parse-arguments.js";

const process = {
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  stdin: new PassThrough(),
  env: {},
  on: () => undefined,
  off: () => undefined,
};

const compressionOf = (flags: BuildFlags): unknown => flagOptions(".", flags, process).compression;

describe("flagOptions", () => {
  it.each<[string, BuildFlags, object]>([
    ["of nothing", {}, {}],
    ["of the flags", { compression: "zstd", compressionLevel: "19" }, { type: "zstd", level: 19 }],
    ["of the output", { output: ["type=oci,compression=zstd"] }, { type: "zstd" }],
    [
      "of both together",
      { output: ["type=oci,compression=zstd"], compressionLevel: "9" },
      { type: "zstd", level: 9 },
    ],
    ["of both alike", { output: ["type=oci,compression=zstd"], compression: "zstd" }, { type: "zstd" }],
  ])("takes the compression %s", (_, flags, compression) => {
    expect(compressionOf(flags)).toEqual(compression);
  });

  it.each<[BuildFlags, string]>([
    [
      { output: ["type=oci,compression=zstd"], compression: "gzip" },
      "--compression gzip: the output asks for another one",
    ],
    [
      { output: ["type=oci,compression-level=1"], compressionLevel: "2" },
      "--compression 2: the output asks for another one",
    ],
    [
      { compressionLevel: "fast" },
      "--compression-level fast: the compression level is a whole number, not fast",
    ],
  ])("refuses %j", (flags, message) => {
    expect(() => compressionOf(flags)).toThrowError(
      expect.objectContaining({ code: "OPTION_INVALID", message }),
    );
  });
});

describe("flagOptions: --no-cache-filter", () => {
  it("names several stages, also in one value", () => {
    const { noCacheFilter } = flagOptions(".", { noCacheFilter: ["a,b", "c"] }, process);
    expect(noCacheFilter).toEqual(["a", "b", "c"]);
  });

  it.each(["", "a,"])("refuses %j", (value) => {
    expect(() => flagOptions(".", { noCacheFilter: [value] }, process)).toThrowError(
      expect.objectContaining({ code: "OPTION_INVALID" }),
    );
  });
});

describe("mergeFlags", () => {
  it("looks nothing up where the configuration file says so and the command line says nothing", () => {
    const request = parseArguments(["."], process);
    expect(request).toMatchObject({ kind: "build" });
    expect(mergeFlags({ cache: false }, "flags" in request ? request.flags : {}).cache).toBe(false);
  });

  it("keeps the level of the defaults only with their compression", () => {
    const defaults = { compression: "gzip", compressionLevel: "9" };
    expect(mergeFlags(defaults, {})).toMatchObject(defaults);
    expect(mergeFlags(defaults, { compression: "zstd" })).toMatchObject({
      compression: "zstd",
      compressionLevel: undefined,
    });
    expect(mergeFlags(defaults, { compressionLevel: "1" })).toMatchObject({ compressionLevel: "1" });
  });
});

describe("--fail-on-cache-miss", () => {
  const asked = (...args: readonly string[]): unknown => {
    const request = parseArguments([...args, "."], process);
    return request.kind === "build" ? flagOptions(".", request.flags, process).failOnCacheMiss : "no build";
  };

  it.each<[string, readonly string[], unknown]>([
    ["nothing by default", [], undefined],
    ["any stage, and leaves the context alone", ["--fail-on-cache-miss"], true],
    ["one stage", ["--fail-on-cache-miss=build"], { stage: "build" }],
    ["the first stage", ["--fail-on-cache-miss=0"], { stage: "0" }],
    ["the second stage", ["--fail-on-cache-miss=1"], { stage: "1" }],
    ["nothing where it is turned off", ["--fail-on-cache-miss=false"], undefined],
  ])("asks for %s", (_, args, expected) => {
    expect(asked(...args)).toEqual(expected);
  });

  it("does not let everything pass where a variable that should hold the stage is empty", () => {
    expect(() => asked("--fail-on-cache-miss=")).toThrow(
      expect.objectContaining({
        code: "OPTION_INVALID",
        message: `--fail-on-cache-miss "": it names no stage`,
      }),
    );
  });

  it("can be turned off where the configuration file asks for it", () => {
    const request = parseArguments(["--fail-on-cache-miss=false", "."], process);
    const flags = mergeFlags({ failOnCacheMiss: "*" }, "flags" in request ? request.flags : {});
    expect(flagOptions(".", flags, process).failOnCacheMiss).toBeUndefined();
  });
});

describe("the lock file and the network", () => {
  const asked = (defaults: BuildFlags, ...args: readonly string[]): unknown => {
    const request = parseArguments([...args, "."], process);
    const flags = request.kind === "build" ? request.flags : {};
    const { lockFile, offline, pull } = flagOptions(".", mergeFlags(defaults, flags), process);
    return { lockFile, offline, pull };
  };

  it.each<[string, BuildFlags, readonly string[], object]>([
    ["nothing by default", {}, [], {}],
    ["a lock file", {}, ["--locked"], { lockFile: "required" }],
    ["none", {}, ["--no-lock"], { lockFile: "never" }],
    ["none, whatever the file says", { locked: true }, ["--no-lock"], { lockFile: "never" }],
    ["one, whatever the file says", { lock: false }, ["--locked"], { lockFile: "required" }],
    ["nothing, whatever the file says", { lock: false }, ["--no-lock=false"], {}],
    ["offline", { pull: true }, ["--offline"], { offline: true }],
    ["pull", { offline: true }, ["--pull"], { pull: true }],
    ["the network", { offline: true }, ["--offline=false"], { offline: false }],
  ])("are asked for: %s", (_, defaults, args, expected) => {
    expect(asked(defaults, ...args)).toEqual(expected);
  });

  it("are not both asked for and refused", () => {
    expect(() => asked({}, "--locked", "--no-lock")).toThrow("--locked --no-lock: the lock file is either");
  });
});

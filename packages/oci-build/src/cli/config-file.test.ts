import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfigFile } from "./config-file.js";
import { mergeFlags } from "./flag-options.js";

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-config-"));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

function write(lines: readonly string[]): void {
  fs.writeFileSync(path.join(folder, "oci-build.toml"), lines.join("\n"));
}

describe("readConfigFile", () => {
  it("gives nothing where there is no file", async () => {
    expect(await readConfigFile(folder)).toEqual({});
  });

  it("reads every option, paths relative to its folder", async () => {
    write([
      'file = "docker/Dockerfile"',
      'tag = ["app:1", "app:latest"]',
      'target = "final"',
      'output = "type=oci,dest=out/app.tar"',
      "no-cache = true",
      'platform = "linux/arm64"',
      'progress = "plain"',
      "quiet = false",
      'iidfile = "iid"',
      'metadata-file = "/abs/meta.json"',
      'cache-dir = "../cache"',
      "[build-arg]",
      'VERSION = "1"',
      "[label]",
      '"org.example.name" = "a=b"',
    ]);
    expect(await readConfigFile(folder)).toEqual({
      file: path.join(folder, "docker/Dockerfile"),
      tag: ["app:1", "app:latest"],
      target: "final",
      output: `type=oci,dest=${path.join(folder, "out/app.tar")}`,
      cache: false,
      platform: "linux/arm64",
      progress: "plain",
      quiet: false,
      iidfile: path.join(folder, "iid"),
      metadataFile: "/abs/meta.json",
      cacheDir: path.resolve(folder, "../cache"),
      buildArg: ["VERSION=1"],
      label: ["org.example.name=a=b"],
    });
  });

  it.each([
    ["wrong syntax", ['target = "a"', "tag = [1,"], { line: 2, key: undefined }],
    ["an unknown key", ["", '  tagg = "a"'], { line: 2, column: 3, key: "tagg" }],
    ["a wrong type", ['target = "a"', "no-cache = 1"], { line: 2, column: 1, key: "no-cache" }],
    ["a wrong type in a table", ["[build-arg]", "A = 1"], { line: 1, column: 2, key: "build-arg" }],
    ["an unknown mode", ['progress = "loud"'], { line: 1, column: 1, key: "progress" }],
  ])("shows %s at its line and column", async (_, lines, data) => {
    write(lines);
    await expect(readConfigFile(folder)).rejects.toMatchObject({
      code: "CONFIG_FILE_INVALID",
      exitCode: 2,
      data,
    });
  });

  it("suggests the nearest key", async () => {
    write(['taget = "a"']);
    await expect(readConfigFile(folder)).rejects.toMatchObject({
      message: `${path.join(folder, "oci-build.toml")}:1:1: there is no option taget; did you mean target?`,
    });
  });
});

describe("mergeFlags", () => {
  it("lets the command line win, build arguments by name", () => {
    const defaults = { target: "a", tag: ["x"], buildArg: ["A=1", "B=1"], cache: false };
    expect(mergeFlags(defaults, { target: undefined, tag: ["y"], buildArg: ["A=2"], cache: true })).toEqual({
      target: "a",
      tag: ["y"],
      buildArg: ["A=1", "B=1", "A=2"],
      label: [],
      cache: true,
    });
  });
});

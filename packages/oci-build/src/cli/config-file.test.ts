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

  it("reads how RUN is run, but takes no leave, no secret and no agent from a file", async () => {
    write([
      'network = "none"',
      'add-host = { db = "10.0.0.7" }',
      'shm-size = "1g"',
      "ulimit = ['nofile=1024']",
      'executor = "util-linux"',
      'run-timeout = "10m"',
    ]);
    expect(await readConfigFile(folder)).toEqual({
      network: "none",
      addHost: ["db=10.0.0.7"],
      shmSize: "1g",
      ulimit: ["nofile=1024"],
      executor: "util-linux",
      runTimeout: "10m",
    });
    for (const key of ["secret", "ssh", "allow"]) {
      write([`${key} = ["default"]`]);
      await expect(readConfigFile(folder)).rejects.toMatchObject({
        code: "CONFIG_FILE_INVALID",
        message: expect.stringContaining(`${key} is not read from a file`),
      });
    }
  });

  it("reads every option, paths relative to its folder", async () => {
    write([
      'file = "docker/Dockerfile"',
      'tag = ["app:1", "app:latest"]',
      'target = "final"',
      'output = "type=oci,dest=out/app.tar"',
      'compression = "gzip"',
      "compression-level = 9",
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
      output: [`type=oci,dest=${path.join(folder, "out/app.tar")}`],
      compression: "gzip",
      compressionLevel: "9",
      cache: false,
      platform: ["linux/arm64"],
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
    ["a wrong type in a table", ["[build-arg]", "A = 1"], { line: 2, column: 1, key: "build-arg" }],
    ["one in a dotted key", ['target = "x"', " label.a = 1"], { line: 2, column: 2, key: "label" }],
    ["one in an inline table", ['build-arg = { A = "1", B = 2 }'], { line: 1, column: 1, key: "build-arg" }],
    [
      "a table in a table",
      ["[label]", 'a = "1"', "[label.b]", 'c = "1"'],
      { line: 3, column: 2, key: "label" },
    ],
    ["a list of tables", ["", "[[build-arg]]", 'A = "1"'], { line: 2, column: 3, key: "build-arg" }],
    ["an unknown table", ["[targets]", 'a = "1"'], { line: 1, column: 2, key: "targets" }],
    ["a date for a text", ["target = 2020-01-01"], { line: 1, column: 1, key: "target" }],
    ["a key twice", ['target = "a"', 'target = "b"'], { line: 2 }],
    [
      "a key after a text of several lines",
      ['target = """', "tag = 1", '"""', "tag = 1"],
      { line: 4, column: 1 },
    ],
    ["a mistake behind CRLF", ['target = "a"\r', "tag = 1\r"], { line: 2, column: 1, key: "tag" }],
    ["a mistake behind a byte order mark", ["\ufefftag = 1"], { line: 1, column: 1, key: "tag" }],
    ["a key named like a property of objects", ["__proto__ = 1"], { line: 1, column: 1 }],
    ["an unknown compression", ['compression = "xz"'], { line: 1, column: 1, key: "compression" }],
    ["half a level", ["compression-level = 1.5"], { line: 1, column: 1, key: "compression-level" }],
    ["an unknown mode", ['progress = "loud"'], { line: 1, column: 1, key: "progress" }],
    ["a number in a list of outputs", ['output = ["type=oci", 1]'], { line: 1, column: 1, key: "output" }],
    ["registries without a table", ["registry = true"], { line: 1, column: 1, key: "registry" }],
    ["a registry without a table", ["[registry]", 'a = "b"'], { line: 2, column: 1, key: "registry" }],
    [
      "an unknown key of a registry",
      ['[registry."localhost:5000"]', "insecure = true", "insekure = true"],
      { line: 3, column: 1, key: "registry" },
    ],
    [
      "a wrong type of a registry",
      ['[registry."a.example"]', 'insecure = "yes"'],
      { line: 2, column: 1, key: "registry" },
    ],
    [
      "a certificate without its key",
      ['[registry."a.example"]', 'cert = "a.pem"'],
      { line: 2, column: 1, key: "registry" },
    ],
  ])("shows %s at its line and column", async (_, lines, data) => {
    write(lines);
    await expect(readConfigFile(folder)).rejects.toMatchObject({
      code: "CONFIG_FILE_INVALID",
      exitCode: 2,
      data,
    });
  });

  it("takes a byte order mark and CRLF", async () => {
    write(['\ufefftarget = "a"\r', 'tag = "b"\r', ""]);
    expect(await readConfigFile(folder)).toEqual({ target: "a", tag: ["b"] });
  });

  it("names the line that is not UTF-8", async () => {
    fs.writeFileSync(
      path.join(folder, "oci-build.toml"),
      Buffer.from('tag = "a"\ntarget = "\xff"\n', "latin1"),
    );
    await expect(readConfigFile(folder)).rejects.toMatchObject({
      code: "CONFIG_FILE_INVALID",
      data: { line: 2, column: 11 },
    });
  });

  it("keeps commas and quotes in a destination", async () => {
    write(['output = \'type=oci,"dest=a,""b.tar"\'']);
    expect(await readConfigFile(folder)).toEqual({
      output: [`type=oci,"dest=${path.join(folder, 'a,""b.tar')}"`],
    });
  });

  it("reads the short forms of outputs", async () => {
    write(['output = ["dist", "-"]']);
    expect(await readConfigFile(folder)).toEqual({
      output: [`type=local,dest=${path.join(folder, "dist")}`, "type=tar,dest=-"],
    });
  });

  it("reads several outputs, and the settings of registries with paths relative to its folder", async () => {
    write([
      'output = ["type=registry", "type=oci,dest=a.tar"]',
      "push = true",
      '[registry."localhost:5000"]',
      'mirrors = ["https://mirror.example"]',
      'ca = "ca.pem"',
      "[registry.docker]",
      "insecure = true",
    ]);
    expect(await readConfigFile(folder)).toEqual({
      output: ["type=registry", `type=oci,dest=${path.join(folder, "a.tar")}`],
      push: true,
      registry: {
        "localhost:5000": { mirrors: ["https://mirror.example"], ca: path.join(folder, "ca.pem") },
        docker: { insecure: true },
      },
    });
  });

  it("reads no file without end", async () => {
    fs.writeFileSync(path.join(folder, "oci-build.toml"), `#${"x".repeat(1024 * 1024)}`);
    await expect(readConfigFile(folder)).rejects.toMatchObject({ code: "CONFIG_FILE_INVALID" });
  });

  it("suggests the nearest key", async () => {
    write(['taget = "a"']);
    await expect(readConfigFile(folder)).rejects.toMatchObject({
      message: `${path.join(folder, "oci-build.toml")}:1:1: there is no option taget; did you mean target?`,
    });
  });

  it.each([
    ["true", "*"],
    ["false", false],
    ['"build"', "build"],
  ])("takes %s for fail-on-cache-miss", async (value, flag) => {
    write([`fail-on-cache-miss = ${value}`, "explain = true"]);
    expect(await readConfigFile(folder)).toEqual({ failOnCacheMiss: flag, explain: true });
  });
});

describe("readConfigFile: images", () => {
  it("takes contexts with paths relative to its folder, and leaves names of images alone", async () => {
    write([
      "pull = true",
      'insecure-registry = "localhost:5000"',
      "[build-context]",
      'src = "../src"',
      'base = "oci-layout://out/base:1"',
      'tar = "oci-archive:///abs/a.tar"',
      'image = "docker-image://alpine:3"',
    ]);
    expect(await readConfigFile(folder)).toEqual({
      pull: true,
      insecureRegistry: ["localhost:5000"],
      buildContext: [
        `src=${path.resolve(folder, "../src")}`,
        `base=oci-layout://${path.join(folder, "out/base:1")}`,
        "tar=oci-archive:///abs/a.tar",
        "image=docker-image://alpine:3",
      ],
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
      buildContext: [],
      insecureRegistry: [],
      label: [],
      annotation: [],
      registryMirror: [],
      addHost: [],
      ulimit: [],
      cache: true,
    });
  });

  it.each([
    ["target", { target: "" }, { target: "a" }],
    ["platform", { platform: [""] }, { platform: ["linux/arm64"] }],
    ["output", { output: [""] }, { output: ["type=oci"] }],
  ])("takes an empty %s for none", (name, flags, defaults) => {
    expect(mergeFlags(defaults, flags)).toMatchObject(defaults);
    expect(mergeFlags({}, flags)).not.toHaveProperty(name);
  });

  it("lets --progress outdo quiet = true, but not --quiet", () => {
    expect(mergeFlags({ quiet: true }, { progress: "plain" }).quiet).toBeUndefined();
    expect(mergeFlags({ quiet: true }, { progress: "plain", quiet: true }).quiet).toBe(true);
  });
});

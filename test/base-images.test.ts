import fs from "node:fs";
import path from "node:path";
import { type ImageConfig, isOciBuildError, openImageArchive, validateImage } from "@oci-build/oci";
import { type BuildEvent, type BuildOptions, type BuildResult, build, explain } from "oci-build";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { packLayout } from "./support/registry/image-layout.js";
import { runOciBuild } from "./support/run-command.js";
import { runTool } from "./support/tools.js";

const folder = temporaryFolder();
const layout = path.join(folder, "layout");
const platforms = [
  { os: "linux", architecture: "amd64" },
  { os: "linux", architecture: "arm64", variant: "v8" },
] as const;

beforeAll(() => {
  writeFiles(folder, { "context/a.txt": "a", "layout/": "", "plain/": "" });
  const images = platforms.map((platform) => ({
    platform,
    layers: [
      tarOf({ "etc/name": platform.architecture, "etc/passwd": "app:x:5:6::/:/bin/sh\n" }),
      tarOf({ "b/c": "c" }),
    ],
    config: {
      Env: ["PATH=/bin", `ARCH=${platform.architecture}`],
      WorkingDir: "/b",
      OnBuild: ["ENV SEEN=$ARCH"],
    },
  }));
  packLayout(layout, "all", images);
  packLayout(path.join(folder, "plain"), "1", [
    { platform: platforms[0], layers: [tarOf({ x: "x" })], config: {} },
  ]);
});

function tarOf(files: Readonly<Record<string, string>>): Buffer {
  const root = temporaryFolder();
  writeFiles(root, files);
  const file = path.join(temporaryFolder(), "layer.tar");
  const fixed = ["--sort=name", "--mtime=@1704067200", "--owner=0", "--group=0", "--numeric-owner"];
  runTool("tar", [...fixed, "-cf", file, "-C", root, "."]);
  return fs.readFileSync(file);
}

interface Built {
  readonly result: BuildResult;
  readonly config: ImageConfig;
  readonly events: readonly BuildEvent[];
}

let count = 0;

async function built(lines: readonly string[], options: Partial<BuildOptions> = {}): Promise<Built> {
  const dest = path.join(folder, `${count++}.tar`);
  const events: BuildEvent[] = [];
  const result = await build({
    context: path.join(folder, "context"),
    dockerfile: { text: `${lines.join("\n")}\n` },
    buildContexts: { base: `oci-layout://${layout}:all` },
    cacheDir: path.join(folder, "cache"),
    platform: "linux/amd64",
    output: { type: "oci", dest },
    env: {},
    onEvent: (event) => events.push(event),
    ...options,
  });
  const config = await checkedConfig(dest);
  return { result, config, events };
}

/** The config of a written image, of which everything was recomputed. */
async function checkedConfig(file: string): Promise<ImageConfig> {
  await using source = await openImageArchive(file);
  expect(await validateImage(source)).toEqual([]);
  const inspected = runTool("skopeo", ["inspect", "--config", "--raw", `oci-archive:${file}`]);
  return JSON.parse(inspected) as ImageConfig;
}

async function failure(work: Promise<unknown>): Promise<{ code: string; place: unknown; message: string }> {
  try {
    await work;
  } catch (error) {
    if (!isOciBuildError(error)) throw error;
    const { place } = error.data as { place?: { span?: { start: { line: number } } } };
    return { code: error.code, place: place?.span?.start.line, message: error.message };
  }
  return expect.unreachable();
}

describe("FROM an image", () => {
  it("keeps the base's layers and history, and puts its own on top", async () => {
    const { config } = await built(["FROM base", "COPY a.txt .", "LABEL a=b"]);
    expect(config.history?.map(({ created_by }) => created_by)).toEqual([
      "layer 1 of the tests",
      "layer 2 of the tests",
      "ENV SEEN=amd64",
      "COPY a.txt . # buildkit",
      "LABEL a=b",
    ]);
    expect(config.rootfs.diff_ids).toHaveLength(3);
    expect(config.config).toMatchObject({ Env: ["PATH=/bin", "ARCH=amd64", "SEEN=amd64"], WorkingDir: "/b" });
    expect(config.config?.OnBuild).toBeUndefined();
  });

  it("has the time of its base where it runs nothing, so that it is the same again", async () => {
    const first = await built(["FROM base", "LABEL a=b"]);
    expect(first.config.created).toBe("2024-01-01T00:00:00Z");
    const again = await built(["FROM base", "LABEL a=b"], { cacheDir: path.join(folder, "another") });
    expect(again.result.digest).toBe(first.result.digest);
  });

  it("clamps no time of the base's history, but its own and the image's", async () => {
    const { config } = await built(["FROM base", "LABEL a=b"], { sourceDateEpoch: 1_000_000_000 });
    expect(config.created).toBe("2001-09-09T01:46:40Z");
    expect(config.history?.map(({ created }) => created?.slice(0, 4))).toEqual([
      "2024",
      "2024",
      "2001",
      "2001",
    ]);
  });

  it.each<[string, string[], Partial<BuildOptions>, string, string]>([
    ["the platform that is built", ["FROM base"], { platform: "linux/arm64" }, "arm64", "arm64"],
    [
      "the platform of FROM",
      ["FROM --platform=linux/arm64 base"],
      { platform: undefined },
      "arm64/v8",
      "arm64",
    ],
    [
      "the platform that is asked for, on files of another",
      ["FROM --platform=linux/arm64 base"],
      { platform: "linux/amd64" },
      "amd64",
      "arm64",
    ],
    [
      "the platform of a base of a base",
      ["FROM --platform=linux/arm64 base AS one", "FROM one"],
      { platform: undefined },
      "arm64/v8",
      "arm64",
    ],
  ])("is for %s", async (_, lines, options, platform, files) => {
    const { config } = await built(lines, options);
    expect([config.architecture, config.variant].filter(Boolean).join("/")).toBe(platform);
    expect(config.config?.Env).toContain(`ARCH=${files}`);
  });

  it("reads a layer when a step looks into it, and not before", async () => {
    const cacheDir = path.join(folder, "lazy");
    const trees = (): number => fs.readdirSync(path.join(cacheDir, "v1/trees")).length;
    await built(["FROM base", "COPY --link --chown=7 a.txt /l/"], { cacheDir });
    expect(trees()).toBe(1);
    await built(["FROM base", "COPY --link --chown=app a.txt /l/"], { cacheDir });
    expect(trees()).toBe(4);
  });

  it("finds an image by the forms of its name", async () => {
    const buildContexts = { "docker.io/library/alpine:latest": `oci-layout://${layout}:all` };
    for (const name of [
      "alpine",
      "alpine:latest",
      "docker.io/library/alpine",
      "index.docker.io/library/alpine",
    ]) {
      const { config } = await built([`FROM ${name}`], { buildContexts });
      expect(config.config?.Env).toContain("ARCH=amd64");
    }
  });

  it.each<[string, string, string]>([
    ["an archive that skopeo made", "oci-archive", "oci-archive"],
    ["an archive as docker save wrote it", "docker-archive", "docker-archive"],
  ])("takes %s", async (_, transport, scheme) => {
    const file = path.join(folder, `${transport}.tar`);
    const name = transport === "docker-archive" ? ":team/app:1" : "";
    runTool("skopeo", [
      "--insecure-policy",
      "copy",
      "--quiet",
      `oci:${folder}/plain:1`,
      `${transport}:${file}${name}`,
    ]);
    const { config } = await built(["FROM x", "COPY a.txt /"], {
      buildContexts: { x: `${scheme}://${file}` },
    });
    expect(config.rootfs.diff_ids).toHaveLength(2);
  });
});

describe("--build-context", () => {
  it("gives COPY --from a folder with an ignore file of its own", async () => {
    const other = path.join(folder, "other");
    writeFiles(other, { "in/x": "x", "in/y": "y", ".dockerignore": "**/y\n" });
    const { result } = await built(["FROM scratch", "COPY --from=other in /in/"], {
      buildContexts: { other },
    });
    expect(result.steps.map(({ entries }) => entries)).toEqual([2]);
  });

  it("stands for a whole stage of that name", async () => {
    const lines = ["FROM scratch AS one", "COPY nothing /", "FROM scratch", "COPY --from=one /b/c /"];
    const { config } = await built(lines, { buildContexts: { one: `oci-layout://${layout}` } });
    expect(config.rootfs.diff_ids).toHaveLength(1);
  });

  it("makes a folder the root of an image", async () => {
    const { config } = await built(["FROM rootfs"], {
      buildContexts: { rootfs: path.join(folder, "context") },
    });
    expect(config.rootfs.diff_ids).toHaveLength(1);
  });

  it("takes scratch for an image", async () => {
    const { config } = await built(["FROM alpine"], { buildContexts: { alpine: "docker-image://scratch" } });
    expect(config.rootfs.diff_ids).toEqual([]);
  });

  it.each<[string, string, string]>([
    ["another scheme", "https://example.com/x.tar", "OPTION_INVALID"],
    ["a folder that is not there", "/nowhere/at/all", "BUILD_CONTEXT_INVALID"],
    ["a digest that is none", "oci-layout://x@sha256:12", "OPTION_INVALID"],
    ["an image's name that is none", "docker-image://Base", "REGISTRY_REFERENCE_INVALID"],
  ])("refuses %s", async (_, value, code) => {
    expect(await failure(built(["FROM scratch"], { buildContexts: { x: value } }))).toMatchObject({ code });
  });
});

describe("a base image that cannot be used", () => {
  it("is told with the path of the layout where a digest is not in it", async () => {
    const absent = `sha256:${"1".repeat(64)}`;
    const buildContexts = { x: `oci-layout://${layout}@${absent}` };
    expect(await failure(built(["FROM x"], { buildContexts }))).toMatchObject({
      code: "BASE_IMAGE_MISSING",
      message: `${layout} holds no image named ${absent}`,
    });
  });

  it.each<[string, string, Partial<BuildOptions>, string]>([
    ["a tag that the layout lacks", `oci-layout://${folder}/two:2`, {}, "BASE_IMAGE_MISSING"],
    ["a layout that is not there", `oci-layout://${folder}/nothing`, {}, "OCI_ARCHIVE_UNREADABLE"],
    ["another platform", `oci-layout://${layout}:all`, { platform: "linux/s390x" }, "BASE_PLATFORM_MISSING"],
    ["a layer that is not what the config says", `oci-layout://${folder}/liar:1`, {}, "BASE_LAYER_MISMATCH"],
    ["a config with too few layers", `oci-layout://${folder}/short:1`, {}, "BASE_IMAGE_INVALID"],
    ["a layer that is no tar", `oci-layout://${folder}/junk:1`, {}, "TAR_MALFORMED"],
    [
      "a layer with other bytes than its digest",
      `oci-layout://${folder}/rotten:1`,
      {},
      "OCI_BLOB_DIGEST_MISMATCH",
    ],
  ])("%s: %s", async (_, value, options, code) => {
    packLayout(path.join(folder, "two"), "1", [{ platform: platforms[0], layers: [], config: {} }]);
    const { index, ...two } = { index: path.join(folder, "two/index.json") };
    const listed = JSON.parse(fs.readFileSync(index, "utf8")) as { manifests: unknown[] };
    fs.writeFileSync(
      index,
      JSON.stringify({ ...listed, ...two, manifests: [...listed.manifests, ...listed.manifests] }),
    );
    packLying("liar", (config) => ({
      ...config,
      rootfs: { type: "layers", diff_ids: [`sha256:${"0".repeat(64)}`] },
    }));
    packLying("short", (config) => ({ ...config, rootfs: { type: "layers", diff_ids: [] } }));
    packJunk();
    const lines = ["ARG X", "FROM x", "WORKDIR /w"];
    const found = await failure(built(lines, { buildContexts: { x: value }, ...options }));
    expect(found).toMatchObject({ code, place: /^(BASE_LAYER|TAR|OCI_BLOB)_/.test(code) ? 3 : 2 });
  });
});

/** Layouts whose layers are no tar, by their author or by accident. */
function packJunk(): void {
  const image = (layer: Buffer) => [{ platform: platforms[0], layers: [layer], config: {} }];
  packLayout(path.join(folder, "junk"), "1", image(Buffer.alloc(1024, "no tar ")));
  const rotten = path.join(folder, "rotten");
  packLayout(rotten, "1", image(tarOf({ x: "x".repeat(5000) })));
  const blobs = path.join(rotten, "blobs/sha256");
  for (const name of fs.readdirSync(blobs)) {
    const bytes = fs.readFileSync(path.join(blobs, name));
    if (bytes[0] === 0x1f) fs.writeFileSync(path.join(blobs, name), bytes.fill(0xff, 20, 40));
  }
}

/** A layout whose config says something else. */
function packLying(name: string, change: (config: Record<string, unknown>) => object): void {
  const at = path.join(folder, name);
  packLayout(at, "1", [{ platform: platforms[0], layers: [tarOf({ x: "x" })], config: {} }]);
  const blob = (digest: string): string => path.join(at, "blobs/sha256", digest.slice("sha256:".length));
  const index = JSON.parse(fs.readFileSync(path.join(at, "index.json"), "utf8")) as {
    manifests: { digest: string }[];
  };
  const [descriptor] = index.manifests;
  if (descriptor === undefined) throw new Error("no manifest");
  const manifest = JSON.parse(fs.readFileSync(blob(descriptor.digest), "utf8")) as {
    config: { digest: string };
  };
  const config = JSON.parse(fs.readFileSync(blob(manifest.config.digest), "utf8")) as Record<string, unknown>;
  const newConfig = put(at, change(config));
  const newManifest = put(at, { ...manifest, config: { ...manifest.config, ...newConfig } });
  const manifests = [{ ...descriptor, ...newManifest }];
  fs.writeFileSync(path.join(at, "index.json"), JSON.stringify({ ...index, manifests }));
}

function put(at: string, document: object): { digest: string; size: number } {
  const bytes = Buffer.from(JSON.stringify(document));
  const hex = runTool("sh", ["-c", `printf %s ${bytes.toString("base64")} | base64 -d | sha256sum`]).slice(
    0,
    64,
  );
  fs.writeFileSync(path.join(at, "blobs/sha256", hex), bytes);
  return { digest: `sha256:${hex}`, size: bytes.length };
}

describe("a stage that is mistyped", () => {
  it("is asked about where FROM stands", async () => {
    const failing = built(["FROM scratch AS build", "FROM Build"]);
    await expect(failing).rejects.toMatchObject({
      code: "REGISTRY_REFERENCE_INVALID",
      hint: "Did you mean the stage build?",
      data: { place: { span: { start: { line: 2 } } } },
    });
  });
});

describe("explain", () => {
  const moving = path.join(folder, "moving");
  const options = {
    context: path.join(folder, "context"),
    dockerfile: { text: "FROM base AS one\nCOPY a.txt .\n" },
    buildContexts: { base: `oci-layout://${moving}:1` },
    cacheDir: path.join(folder, "explained"),
    platform: "linux/amd64",
    env: {},
  };
  const pack = (layers: readonly Buffer[], config: object): void =>
    packLayout(moving, "1", [{ platform: platforms[0], layers, config: { ...config } }]);

  it("knows steps on a base image, and tells of a base that changed", async () => {
    const layer = tarOf({ "srv/x": "x" });
    pack([layer], { WorkingDir: "/srv" });
    expect((await explain(options)).bases).toMatchObject([
      { stage: "one", verdict: "new", files: "unknown" },
    ]);
    await build({ ...options, output: { type: "none" } });
    const same = await explain(options);
    expect(same.bases).toMatchObject([{ stage: "one", verdict: "same", files: "same" }]);
    expect(same.steps.map(({ verdict, destination }) => [verdict, destination])).toEqual([["hit", "/srv"]]);

    pack([layer], { WorkingDir: "/srv", Labels: { a: "b" } });
    const relabelled = await explain(options);
    const [{ digest } = expect.unreachable()] = same.bases;
    expect(relabelled.bases).toMatchObject([{ verdict: "changed", files: "same", before: { digest } }]);
    expect(relabelled.steps.map(({ verdict }) => verdict)).toEqual(["hit"]);

    pack([layer, tarOf({ "new/y": "y" })], { WorkingDir: "/new" });
    const moved = await explain(options);
    expect(moved.bases).toMatchObject([{ verdict: "changed", files: "changed" }]);
    expect(moved.steps.map(({ verdict }) => verdict)).toEqual(["miss"]);
    const { stdout, stderr } = await runOciBuild(
      [
        "explain",
        "--build-context",
        `base=oci-layout://${moving}:1`,
        "--cache-dir",
        options.cacheDir,
        "-f",
        "-",
        ".",
      ],
      { cwd: options.context, input: options.dockerfile.text },
    );
    expect([stderr, stdout]).toEqual([
      "",
      expect.stringMatching(
        /^FROM oci-layout:\/\/\S+ {2}base image changed: sha256:\w{12} → sha256:\w{12}$/m,
      ),
    ]);
  });

  it("is told of by a build, too", async () => {
    const { events } = await built(["FROM base AS one"], { explain: true });
    expect(events.filter(({ type }) => type === "base.explained")).toMatchObject([
      { explanation: { verdict: "new" } },
    ]);
  });
});

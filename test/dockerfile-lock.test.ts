import fs from "node:fs";
import path from "node:path";
import { isOciBuildError } from "@oci-build/oci";
import { Volume } from "memfs";
import {
  type BuildEvent,
  type BuildOptions,
  type BuildResult,
  build,
  explain,
  type LockOptions,
  lock,
  plan,
} from "oci-build";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { formatLock, inOrder } from "../packages/oci-build/src/lock/format-lock.js";
import { parseLock } from "../packages/oci-build/src/lock/parse-lock.js";
import {
  type MemoryRegistry,
  startMemoryRegistry,
} from "../packages/registry/test/support/memory-registry.js";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { type CodeBlock, documentedBlocks } from "./support/code-blocks.js";
import { holdImages } from "./support/registry/hold-layout.js";
import type { ImageParts } from "./support/registry/image-layout.js";
import { runTool } from "./support/tools.js";

const folder = temporaryFolder();
const amd64 = { os: "linux", architecture: "amd64" } as const;
const arm64 = { os: "linux", architecture: "arm64", variant: "v8" } as const;
let registry: MemoryRegistry;
let count = 0;
let app: string;
let cacheDir: string;

beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry[Symbol.asyncDispose]());

beforeEach(() => {
  count += 1;
  app = path.join(folder, `app${count}`);
  cacheDir = path.join(folder, `cache${count}`);
  writeFiles(app, { "a.txt": "a" });
});

function imageOf(text: string, platform: ImageParts["platform"] = amd64, onBuild?: string): ImageParts {
  const root = temporaryFolder();
  writeFiles(root, { "etc/name": text });
  const file = path.join(temporaryFolder(), "layer.tar");
  const fixed = ["--sort=name", "--mtime=@1704067200", "--owner=0", "--group=0", "--numeric-owner"];
  runTool("tar", [...fixed, "-cf", file, "-C", root, "."]);
  const config = onBuild === undefined ? {} : { OnBuild: [onBuild] };
  return { platform, layers: [fs.readFileSync(file)], config };
}

/** Gives a tag of this test's own repository new content. */
function publish(tag: string, ...images: readonly ImageParts[]): string {
  return holdImages(registry.state, [`base${count}`, tag], images);
}

function name(tag: string): string {
  return `${registry.host}/base${count}:${tag}`;
}

function dockerfile(...lines: readonly string[]): void {
  writeFiles(app, { Dockerfile: `${lines.join("\n")}\n` });
}

function lockText(): string {
  return fs.readFileSync(path.join(app, "Dockerfile.lock"), "utf8");
}

function locked(options: Partial<LockOptions> = {}): ReturnType<typeof lock> {
  return lock({ context: app, cacheDir, env: {}, platforms: ["linux/amd64"], ...options });
}

function built(options: Partial<BuildOptions> = {}): Promise<BuildResult> {
  const output = { type: "none" } as const;
  const fixed = { platform: "linux/amd64", sourceDateEpoch: 0, env: {} };
  return build({ context: app, cacheDir, output, ...fixed, ...options });
}

async function errorOf(work: Promise<unknown>): Promise<{ readonly code: string; readonly message: string }> {
  const error = await work.then(
    () => new Error("nothing failed"),
    (reason: unknown) => reason,
  );
  if (!isOciBuildError(error)) throw error;
  return error;
}

/** What the registry was asked since the last call. */
function asked(): readonly string[] {
  const lines = registry.lines();
  registry.clearLog();
  return lines.map((line) => line.replace(`/v2/base${count}/`, "").replace(/sha256:[0-9a-f]{64}/, "DIGEST"));
}

describe("lock", () => {
  it("pins what FROM, COPY --from and RUN --mount name, in every stage, to the digests of all platforms", async () => {
    const one = publish("1", imageOf("one"));
    const all = publish("all", imageOf("amd64"), imageOf("arm64", arm64));
    dockerfile(
      "ARG TAG=1",
      `FROM ${registry.host}/base${count}:$TAG AS first`,
      `RUN --mount=from=${name("all")},target=/m true`,
      `FROM scratch AS second`,
      `COPY --from=${name("1")} /etc/name /`,
      "FROM scratch",
      "COPY a.txt /",
    );
    const report = await locked();
    expect(report).toMatchObject({ outcome: "written", label: path.join(app, "Dockerfile.lock") });
    const manifests = registry.state.find(`base${count}`, "all")?.bytes.toString() ?? "";
    const [amd = "", arm = ""] = manifests.match(/sha256:[0-9a-f]{64}/g) ?? [];
    expect(lockText().split("\n").slice(1)).toEqual([
      "version = 1",
      "",
      `[image."${name("1")}"]`,
      `digest = "${one}"`,
      'media-type = "application/vnd.oci.image.manifest.v1+json"',
      `platform."linux/amd64" = "${one}"`,
      "",
      `[image."${name("all")}"]`,
      `digest = "${all}"`,
      'media-type = "application/vnd.oci.image.index.v1+json"',
      `platform."linux/amd64" = "${amd}"`,
      `platform."linux/arm64/v8" = "${arm}"`,
      "",
    ]);
  });

  it("writes the same file whatever the platform is, and names with each platform of FROM", async () => {
    publish("amd64", imageOf("a"));
    publish("arm64", imageOf("b", arm64));
    publish("all", imageOf("a"), imageOf("b", arm64));
    dockerfile(`FROM ${name("all")}`);
    await locked();
    const text = lockText();
    expect((await locked({ platforms: ["linux/arm64"], update: "all" })).outcome).toBe("unchanged");
    expect(lockText()).toBe(text);
    dockerfile("ARG TARGETARCH", `FROM ${registry.host}/base${count}:$TARGETARCH`);
    const { images } = await locked({ platforms: ["linux/amd64", "linux/arm64"] });
    expect(images.map(({ reference }) => reference)).toEqual([name("amd64"), name("arm64")]);
  });

  it("names with each stage as the target, as TARGETSTAGE says it", async () => {
    publish("a", imageOf("a"));
    publish("b", imageOf("b"));
    const from = `FROM ${registry.host}/base${count}:$TARGETSTAGE`;
    dockerfile(`${from} AS a`, `${from} AS b`);
    const { images } = await locked();
    expect(images.map(({ reference }) => reference)).toEqual([name("a"), name("b")]);
    await built({ target: "a" });
    await built();
  });

  it("gives an image one entry, and asks for its tag once, in whatever words it is named", async () => {
    publish("latest", imageOf("a"), imageOf("b", arm64));
    const short = `${registry.host}/base${count}`;
    dockerfile(`FROM --platform=linux/arm64 ${short} AS b`, `FROM ${short}:latest`, "COPY --from=b /etc /b");
    expect((await locked()).images).toHaveLength(1);
    expect(asked().filter((line) => line.endsWith("/latest"))).toEqual(["HEAD manifests/latest"]);
  });

  it("leaves out names with digests and contexts that are files, and pins the image that a context names", async () => {
    const digest = publish("1", imageOf("one"));
    publish("2", imageOf("two"));
    dockerfile(`FROM ${name("1")}@${digest}`, "COPY --from=other /etc/name /");
    const buildContexts = { other: `docker-image://${name("2")}` };
    const { images } = await locked({ buildContexts });
    expect(images.map(({ reference }) => reference)).toEqual([name("2")]);
    expect((await built({ buildContexts })).steps).toHaveLength(1);
    expect((await locked({ buildContexts: { other: app } })).images).toEqual([]);
  });

  it("pins what ONBUILD triggers of images name", async () => {
    publish("deep", imageOf("deep"));
    publish("1", imageOf("one", amd64, `COPY --from=${name("deep")} /etc/name /deep`));
    dockerfile(`FROM ${name("1")}`);
    expect((await locked()).images.map(({ reference }) => reference)).toEqual([name("1"), name("deep")]);
    expect((await locked()).outcome).toBe("unchanged");
    await built();
  });

  it("keeps the entries there are, adds what is missing, and drops what is not named", async () => {
    const one = publish("1", imageOf("one"));
    dockerfile(`FROM ${name("1")}`);
    await locked();
    publish("1", imageOf("moved"));
    const two = publish("2", imageOf("two"));
    dockerfile(`FROM ${name("1")}`, `FROM ${name("2")}`);
    expect((await locked()).changes).toEqual([{ kind: "added", reference: name("2"), after: two }]);
    dockerfile(`FROM ${name("2")}`);
    expect(await locked({ others: "keep" })).toMatchObject({ outcome: "unchanged", changes: [] });
    expect((await locked()).changes).toEqual([{ kind: "removed", reference: name("1"), before: one }]);
  });

  it("resolves anew what it is told to", async () => {
    const before = { one: publish("1", imageOf("one")), two: publish("2", imageOf("two")) };
    dockerfile(`FROM ${name("1")}`, `FROM ${name("2")}`);
    await locked();
    const after = { one: publish("1", imageOf("1b")), two: publish("2", imageOf("2b")) };
    const change = (tag: "1" | "2", key: "one" | "two"): object => ({
      kind: "changed",
      reference: name(tag),
      before: before[key],
      after: after[key],
    });
    const check = await locked({ update: "all", mode: "check" });
    expect(check).toMatchObject({ outcome: "outdated", changes: [change("1", "one"), change("2", "two")] });
    expect((await locked({ update: [name("2")] })).changes).toEqual([change("2", "two")]);
    expect((await locked({ update: "all" })).changes).toEqual([change("1", "one")]);
    expect(await errorOf(locked({ update: ["debian"] }))).toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringContaining("--update docker.io/library/debian:latest: neither the Dockerfile"),
    });
  });

  it("sets platforms right that were edited, which a build refuses", async () => {
    publish("1", imageOf("one"), imageOf("b", arm64));
    dockerfile(`FROM ${name("1")}`, "COPY a.txt /");
    await locked();
    const good = lockText();
    const edited = good.replace(/(linux\/amd64" = "sha256:)[0-9a-f]{64}/, `$1${"0".repeat(64)}`);
    writeFiles(app, { "Dockerfile.lock": edited });
    expect((await errorOf(built())).code).toBe("LOCK_INVALID");
    expect((await locked({ mode: "check" })).outcome).toBe("outdated");
    await locked();
    expect(lockText()).toBe(good);
  });

  it("writes nothing when nothing changes or something fails", async () => {
    publish("1", imageOf("one"));
    dockerfile(`FROM ${name("1")}`);
    await locked();
    const { ino, mtimeMs } = fs.statSync(path.join(app, "Dockerfile.lock"));
    await locked({ update: "all" });
    dockerfile(`FROM ${name("1")}`, `FROM ${name("none")}`);
    expect((await errorOf(locked({ update: "all" }))).code).toBe("REGISTRY_MANIFEST_MISSING");
    expect(fs.statSync(path.join(app, "Dockerfile.lock"))).toMatchObject({ ino, mtimeMs });
    expect(fs.readdirSync(app).sort()).toEqual(["Dockerfile", "Dockerfile.lock", "a.txt"]);
  });

  it("needs a Dockerfile that is a file of this machine", async () => {
    expect((await errorOf(locked({ dockerfile: { text: "FROM scratch" } }))).code).toBe("OPTION_INVALID");
  });
});

describe("a build with a lock file", () => {
  it("takes the images that are pinned, and asks for no tag", async () => {
    publish("1", imageOf("old"), imageOf("old", arm64));
    dockerfile(`FROM ${name("1")}`, "COPY --from=x /etc/name /x", "COPY a.txt /");
    const buildContexts = { x: `docker-image://${name("1")}` };
    const without = await built({ buildContexts });
    await locked({ buildContexts });
    publish("1", imageOf("new"), imageOf("new", arm64));
    asked();
    const fresh = { cacheDir: path.join(folder, `fresh${count}`), buildContexts };
    expect((await built(fresh)).digest).toBe(without.digest);
    expect(new Set(asked())).toEqual(
      new Set(["HEAD manifests/DIGEST", "GET manifests/DIGEST", "GET blobs/DIGEST"]),
    );
    const warm = await built({ buildContexts });
    expect(warm.digest).toBe(without.digest);
    expect(warm.steps.map(({ status }) => status)).toEqual(["cached", "cached"]);
    expect(asked()).toEqual([]);
    expect((await built({ buildContexts, lockFile: "never" })).digest).not.toBe(without.digest);
  });

  it("tells plan and explain the same", async () => {
    publish("1", imageOf("old"));
    dockerfile(`FROM ${name("1")}`, "COPY --chown=1:1 a.txt /etc/");
    const { digest } = await built();
    await locked();
    publish("1", imageOf("new"));
    asked();
    const options = { context: app, cacheDir, platform: "linux/amd64", sourceDateEpoch: 0, env: {} };
    for (const report of [await plan(options), await explain(options)]) {
      expect(report.steps.map(({ verdict }) => verdict)).toEqual(["hit"]);
      expect(report.bases).toMatchObject([{ verdict: "same" }]);
    }
    expect(asked()).toEqual([]);
    expect((await built()).digest).toBe(digest);
  });

  it("is refused where the file does not have an image, at its place", async () => {
    publish("1", imageOf("one"));
    publish("2", imageOf("two"));
    dockerfile("ARG TAG=1", `FROM ${registry.host}/base${count}:$TAG`, "COPY a.txt /");
    await locked();
    expect(await errorOf(built({ buildArgs: { TAG: "2" } }))).toMatchObject({
      code: "LOCK_MISSING_ENTRY",
      message: `${path.join(app, "Dockerfile.lock")} does not pin ${name("2")}`,
      data: { reference: name("2"), place: { span: { start: { line: 2 } } } },
    });
    await locked({ buildArgs: { TAG: "2" }, others: "keep" });
    await built({ buildArgs: { TAG: "2" } });
    await built();
  });

  it("is refused under pull when a tag has moved, and is not when it has not", async () => {
    const old = publish("1", imageOf("old"));
    dockerfile(`FROM ${name("1")}`, "COPY a.txt /");
    await locked();
    await built({ pull: true });
    const now = publish("1", imageOf("new"));
    expect(await errorOf(built({ pull: true }))).toMatchObject({
      code: "LOCK_MISMATCH",
      data: { reference: name("1"), locked: old, found: now },
    });
  });

  it("is refused without the file when that is asked for", async () => {
    publish("1", imageOf("one"));
    dockerfile(`FROM ${name("1")}`, "COPY a.txt /");
    expect(await errorOf(built({ lockFile: "required" }))).toMatchObject({
      code: "LOCK_MISSING",
      message: `there is no lock file at ${path.join(app, "Dockerfile.lock")}`,
    });
    await locked();
    await built({ lockFile: "required" });
    dockerfile("FROM scratch", "COPY a.txt /");
    fs.rmSync(path.join(app, "Dockerfile.lock"));
    await built({ lockFile: "required" });
  });

  it("goes by the file of its own Dockerfile", async () => {
    publish("1", imageOf("one"));
    writeFiles(app, { "web.Dockerfile": `FROM ${name("1")}\nCOPY a.txt /\n`, "Dockerfile.lock": "wrong" });
    const file = path.join(app, "web.Dockerfile");
    expect((await locked({ dockerfile: file })).path).toBe(`${file}.lock`);
    await built({ dockerfile: file, lockFile: "required" });
  });

  it("has the file in its context as any other", async () => {
    publish("1", imageOf("one"));
    dockerfile(`FROM ${name("1")}`, "COPY Dockerfile.lock /");
    await locked();
    expect((await built()).steps[0]).toMatchObject({ entries: 1 });
  });
});

describe("a lock file in a virtual context", () => {
  it("is gone by, as one on disk", async () => {
    const digest = publish("1", imageOf("old"));
    dockerfile(`FROM ${name("1")}`, "COPY a.txt /");
    await locked();
    const files = { "Dockerfile.lock": lockText(), Dockerfile: `FROM ${name("1")}\n`, "a.txt": "a" };
    const context = { fs: Volume.fromJSON(files, "/") };
    publish("1", imageOf("new"));
    const pinned: string[] = [];
    const onEvent = (event: BuildEvent): void => {
      if (event.type === "image.resolved") pinned.push(event.pinned);
    };
    await built({ context, onEvent });
    expect(pinned).toEqual([`${name("1")}@${digest}`]);
  });
});

describe("docs/lock.md", () => {
  it("shows a lock file as it is written", () => {
    const isLock = ({ file, language }: CodeBlock): boolean => file === "docs/lock.md" && language === "toml";
    const shown = documentedBlocks(path.join(import.meta.dirname, "..")).filter(isLock);
    expect(shown.map(({ code }) => formatLock(inOrder(parseLock(code, "")), "Dockerfile"))).toEqual(
      shown.map(({ code }) => code),
    );
    expect(shown).toHaveLength(1);
  });
});

describe("offline", () => {
  it("builds from pinned images that the store has, and asks nobody", async () => {
    publish("1", imageOf("one"));
    dockerfile(`FROM ${name("1")}`, "COPY a.txt /etc/");
    await locked();
    const output = (file: string) => ({ type: "oci", dest: path.join(folder, `${count}${file}`) }) as const;
    const online = await built({ output: output("on.tar") });
    asked();
    expect((await built({ offline: true, output: output("off.tar") })).digest).toBe(online.digest);
    expect(asked()).toEqual([]);
  });

  it("says what image is missing, and what would fetch it", async () => {
    const digest = publish("1", imageOf("one"));
    dockerfile(`FROM ${name("1")}`, "COPY a.txt /etc/");
    expect(await errorOf(built({ offline: true }))).toMatchObject({
      code: "BUILD_OFFLINE",
      message: `${name("1")} is not in the local store, and --offline asks no registry`,
      hint: `Run once without --offline, or: oci-build pull ${name("1")}`,
    });
    await locked();
    asked();
    expect(await errorOf(built({ offline: true }))).toMatchObject({
      message: expect.stringContaining(digest),
    });
    expect(asked()).toEqual([]);
  });

  it("says what layer is missing", async () => {
    publish("1", imageOf("one"));
    dockerfile(`FROM ${name("1")}`, "COPY --link a.txt /b/");
    await locked();
    await built();
    expect(
      await errorOf(built({ offline: true, output: { type: "oci", dest: path.join(folder, "x") } })),
    ).toMatchObject({
      code: "BUILD_OFFLINE",
      message: expect.stringContaining(`/base${count} is not in the local store`),
    });
  });

  it("is not asked for together with pull", async () => {
    dockerfile("FROM scratch", "COPY a.txt /");
    expect((await errorOf(built({ offline: true, pull: true }))).code).toBe("OPTION_INVALID");
  });
});

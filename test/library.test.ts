import fs from "node:fs";
import path from "node:path";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import zlib from "node:zlib";
import { Volume } from "memfs";
import { type BuildEvent, type BuildOptions, build } from "oci-build";
import { describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { layerLines, readImage } from "./support/image-lines.js";

const base = temporaryFolder();
let count = 0;

function fresh(): { readonly dest: string; readonly cacheDir: string } {
  count += 1;
  return { dest: path.join(base, `${count}.tar`), cacheDir: path.join(base, `cache${count}`) };
}

const dockerfile = { text: "FROM scratch\nCOPY . /app/\nENV A=b\n" };

function volume(files: Record<string, string>): Volume {
  return Volume.fromJSON(files, "/context");
}

describe("build", () => {
  it("builds a context in memory as it builds the same one on disk", async () => {
    const files = { "index.html": "<p>hi</p>", "js/app.js": "1" };
    const folder = path.join(base, "same");
    writeFiles(folder, files);
    for (const name of ["js", "js/app.js", "index.html"]) {
      fs.chmodSync(path.join(folder, name), name === "js" ? 0o755 : 0o644);
    }
    const inMemory = volume(files);
    for (const name of ["js", "js/app.js", "index.html"]) {
      inMemory.chmodSync(`/context/${name}`, name === "js" ? 0o755 : 0o644);
    }
    const { dest, cacheDir } = fresh();
    const options = { dockerfile, cacheDir, output: { type: "oci", dest } } as const;
    const first = await build({ ...options, context: folder });
    const second = await build({ ...options, context: { fs: inMemory, root: "/context" } });
    expect(second.digest).toBe(first.digest);
    expect(second.steps.map(({ status }) => status)).toEqual(["cached"]);
  });

  it("reads the Dockerfile and the ignore file of a volume", async () => {
    const { dest, cacheDir } = fresh();
    const context = {
      fs: volume({
        Dockerfile: "FROM scratch\nCOPY . /\n",
        ".dockerignore": "*.log\n",
        "a.log": "",
        "a.txt": "",
      }),
      root: "/context",
    };
    await build({ context, cacheDir, output: { type: "oci", dest } });
    const lines = (await readImage(dest)).layers.flatMap(layerLines);
    expect(lines.map((line) => line.split(" ")[1])).toEqual([".dockerignore", "Dockerfile", "a.txt"]);
  });

  it("gives the digest, the config's digest, names and steps", async () => {
    const { dest, cacheDir } = fresh();
    const result = await build({
      context: { fs: volume({ a: "1" }), root: "/context" },
      dockerfile,
      tags: ["app", "localhost:5000/x/app:2"],
      platform: "linux/arm64",
      cacheDir,
      output: { type: "oci", dest },
    });
    const image = await readImage(dest);
    expect(result).toMatchObject({
      digest: image.digest,
      names: ["docker.io/library/app:latest", "localhost:5000/x/app:2"],
      platform: { os: "linux", architecture: "arm64" },
      steps: [{ name: "[1/1] COPY . /app/", status: "executed", entries: 2, filesHashed: 1, bytesHashed: 1 }],
      outputs: [{ kind: "archive", path: dest, size: fs.statSync(dest).size, outcome: "written" }],
    });
    expect(image.config.architecture).toBe("arm64");
  });

  it("tells what happens, in order", async () => {
    const { dest, cacheDir } = fresh();
    const events: BuildEvent[] = [];
    const context = { fs: volume({ a: "1" }), root: "/context" };
    await build({
      context,
      dockerfile,
      cacheDir,
      output: { type: "oci", dest },
      onEvent: (event) => events.push(event),
    });
    expect(events.map(({ type }) => type).filter((type) => type !== "step.progress")).toEqual([
      "build.started",
      "build.planned",
      "step.started",
      "context.started",
      "context.scanned",
      "step.finished",
      "output.started",
      "output.finished",
      "build.finished",
    ]);
    expect(JSON.parse(JSON.stringify(events))).toEqual(events);
  });

  it("writes to a stream without ending it", async () => {
    const { cacheDir } = fresh();
    const dest = new PassThrough();
    const bytes = buffer(dest);
    const { outputs } = await build({
      context: { fs: volume({ a: "1" }), root: "/context" },
      dockerfile,
      cacheDir,
      output: { type: "oci", dest },
    });
    expect(dest.writableEnded).toBe(false);
    dest.end();
    const size = (await bytes).length;
    expect(outputs).toEqual([{ kind: "archive", path: undefined, size, outcome: "written" }]);
  });

  it("gives the same digest whatever the folder, the time zone and the order of names", async () => {
    const digests: string[] = [];
    for (const [name, zone] of [
      ["one", "UTC"],
      ["two", "Asia/Tokyo"],
    ] as const) {
      const folder = path.join(base, `order-${name}`);
      const files = Object.entries({ "b/y": "1", "b/x": "2", a: "3", "a-b": "4" });
      writeFiles(folder, Object.fromEntries(name === "one" ? files : files.toReversed()));
      for (const file of ["b/y", "b/x", "a", "a-b", "b"])
        fs.utimesSync(path.join(folder, file), 1_700_000_000, 1_700_000_000);
      const { dest, cacheDir } = fresh();
      const before = process.env["TZ"];
      process.env["TZ"] = zone;
      const options: BuildOptions = {
        context: folder,
        dockerfile: { text: "FROM scratch\nCOPY . /\n" },
        cacheDir,
        sourceDateEpoch: 1_700_000_000,
      };
      digests.push((await build({ ...options, output: { type: "oci", dest } })).digest);
      if (before === undefined) delete process.env["TZ"];
      else process.env["TZ"] = before;
    }
    expect(digests[0]).toBe(digests[1]);
  });

  it("never shows a time later than SOURCE_DATE_EPOCH, in config, history and layers", async () => {
    const { dest, cacheDir } = fresh();
    const context = { fs: volume({ a: "1" }), root: "/context" };
    await build({
      context,
      dockerfile,
      cacheDir,
      env: { SOURCE_DATE_EPOCH: "1000" },
      output: { type: "oci", dest },
    });
    const { config, layers } = await readImage(dest);
    expect([config.created, ...(config.history ?? []).map(({ created }) => created)]).toEqual(
      Array.from({ length: 3 }, () => "1970-01-01T00:16:40Z"),
    );
    const times = layers.flatMap(({ entries }) =>
      entries.map((entry) => ("mtimeSec" in entry ? entry.mtimeSec : 0)),
    );
    expect(Math.max(...times)).toBe(1000);
  });

  it("stops when its signal is aborted, before it starts and while it runs", async () => {
    const { dest, cacheDir } = fresh();
    const context = { fs: volume({ a: "1" }), root: "/context" };
    const options = { context, dockerfile, cacheDir, output: { type: "oci", dest } } as const;
    const stopped = AbortSignal.abort(new Error("enough"));
    await expect(build({ ...options, signal: stopped })).rejects.toMatchObject({
      code: "BUILD_ABORTED",
      message: "the build was stopped: enough",
    });
    const controller = new AbortController();
    const onEvent = ({ type }: BuildEvent): void => {
      if (type === "context.scanned") controller.abort();
    };
    await expect(build({ ...options, signal: controller.signal, onEvent })).rejects.toMatchObject({
      code: "BUILD_ABORTED",
    });
    expect(fs.existsSync(dest)).toBe(false);
  });

  it("builds again what a damaged blob held, with a warning", async () => {
    const { dest, cacheDir } = fresh();
    const lines = "FROM scratch AS a\nCOPY . /in/\nFROM scratch\nCOPY --from=a /in /out/\n";
    const context = { fs: volume({ a: "some text" }), root: "/context" };
    const options: BuildOptions = {
      context,
      dockerfile: { text: lines },
      cacheDir,
      output: { type: "oci", dest },
    };
    const first = await build(options);
    for (const { layer } of first.steps) {
      const blob = path.join(cacheDir, "v1/blobs/sha256", layer?.digest.slice("sha256:".length) ?? "");
      const bytes = fs.readFileSync(blob);
      bytes[40] = (bytes[40] ?? 0) ^ 1;
      fs.chmodSync(blob, 0o600);
      fs.writeFileSync(blob, bytes);
    }
    // An image that is there already is left alone, and its blobs are not read.
    fs.rmSync(dest);
    const warnings: string[] = [];
    const second = await build({
      ...options,
      onEvent: (event) => {
        if (event.type === "warning") warnings.push(event.code);
      },
    });
    expect(warnings).toContain("CACHE_BLOB_CORRUPT");
    expect((await readImage(dest)).layers.flatMap(layerLines)).toContain("file out/a 0666 9");
    expect(second.names).toEqual(first.names);
  });

  it("leaves a tarball alone that is what it would write, unless asked to look nothing up", async () => {
    const { dest, cacheDir } = fresh();
    const context = { fs: volume({ a: "1" }), root: "/context" };
    const options: BuildOptions = { context, dockerfile, cacheDir, output: { type: "oci", dest } };
    const outcomes: (string | undefined)[] = [];
    const onEvent = (event: BuildEvent): void => {
      if (event.type === "output.finished") outcomes.push(event.outcome);
    };
    // On any file system: the tests' own may be one whose stats are not trusted.
    for (const changed of [{}, {}, { tags: ["other"] }, { noCache: true }]) {
      const { outputs } = await build({ ...options, ...changed, trustStat: "always", onEvent });
      const { size } = fs.statSync(dest);
      expect(outputs).toEqual([{ kind: "archive", path: dest, size, outcome: outcomes.at(-1) }]);
    }
    expect(outcomes).toEqual(["written", "unchanged", "written", "written"]);
    expect((await readImage(dest)).layers.flatMap(layerLines)).toContain("file app/a 0666 1");
  });

  it("compresses layers as it is asked to, and keeps both forms", async () => {
    const { dest, cacheDir } = fresh();
    const context = { fs: volume({ a: "1" }), root: "/context" };
    const options: BuildOptions = { context, dockerfile, cacheDir, output: { type: "oci", dest } };
    const first = await build(options);
    const second = await build({ ...options, compression: { type: "uncompressed" } });
    const [one, two] = [first, second].map(({ steps }) => steps[0]?.layer);
    expect(two?.diffId).toBe(one?.diffId);
    expect(two?.digest).toBe(two?.diffId);
    expect((await build(options)).digest).toBe(first.digest);
  });

  it("refuses zstd before it does anything where Node has none", async (context) => {
    context.skip("zstdCompress" in zlib, "this Node has zstd");
    const { dest, cacheDir } = fresh();
    const building = build({
      context: { fs: volume({ a: "1" }), root: "/context" },
      dockerfile,
      cacheDir,
      output: { type: "oci", dest },
      compression: { type: "zstd" },
    });
    await expect(building).rejects.toMatchObject({ code: "LAYER_ZSTD_UNAVAILABLE", exitCode: 3 });
    expect(fs.existsSync(cacheDir)).toBe(false);
  });

  it("makes an image without layers, the same one each time", async () => {
    const { dest, cacheDir } = fresh();
    const options: BuildOptions = {
      context: { fs: volume({ a: "1" }), root: "/context" },
      dockerfile: { text: "FROM scratch\nLABEL a=b\n" },
      cacheDir,
      output: { type: "oci", dest },
    };
    const first = await build(options);
    expect((await build(options)).digest).toBe(first.digest);
    expect(await readImage(dest)).toMatchObject({ layers: [], config: { history: [{ empty_layer: true }] } });
  });
});

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { packLayout } from "./support/registry/image-layout.js";
import { runOciBuild } from "./support/run-command.js";

const root = path.join(import.meta.dirname, "..");
const packageFolder = path.join(root, "packages/oci-build");

/** The files of ours and of others that a run of the command loads, as V8 lists them. */
async function loadedFiles(args: readonly string[], cwd: string): Promise<readonly string[]> {
  const coverage = path.join(temporaryFolder(), "coverage");
  const { exitCode, stderr } = await runOciBuild(args, { cwd, env: { NODE_V8_COVERAGE: coverage } });
  expect(stderr).toContain("#1 ");
  expect(exitCode).toBe(0);
  const reports = fs.readdirSync(coverage).map((name) => fs.readFileSync(path.join(coverage, name), "utf8"));
  const urls = reports.flatMap((report) =>
    (JSON.parse(report) as { result: { url: string }[] }).result.map(({ url }) => url),
  );
  const files = urls.filter((url) => url.startsWith("file:")).map((url) => fileURLToPath(url));
  return files.map((file) => path.relative(packageFolder, file)).sort();
}

describe("the bundled command", () => {
  it("loads four files for a build that changes nothing, and no package of others", async () => {
    const folder = temporaryFolder();
    const app = path.join(folder, "app");
    writeFiles(app, { Dockerfile: "FROM scratch\nWORKDIR /app\nCOPY . .\n", "a.txt": "a" });
    const args = ["--progress", "plain", "--cache-dir", path.join(folder, "cache"), app];
    await runOciBuild(args, { cwd: folder });
    // Attributes are not read where an earlier scan did, which is so after 2 seconds.
    const loaded = (await loadedFiles(args, folder)).filter((file) => !file.includes("xattr"));
    expect(loaded.filter((file) => !file.includes("node_modules"))).toEqual([
      "bin/oci-build.js",
      expect.stringMatching(/^dist\/command\/chunk-\w+\.js$/),
      "dist/command/main.js",
      "dist/command/run-build.js",
    ]);
    expect(loaded.filter((file) => file.includes("node_modules"))).toEqual([]);
  });

  it("loads nothing of Node for a build that changes nothing that packing, threads and programs need", async () => {
    const folder = temporaryFolder();
    const list = path.join(folder, "list");
    writeFiles(folder, {
      "app/Dockerfile": "FROM scratch\nWORKDIR /app\nCOPY . .\n",
      "tell.cjs": `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(list)}, process.moduleLoadList.join("\\n")));`,
    });
    const args = ["--cache-dir", path.join(folder, "cache"), "-q", path.join(folder, "app")];
    const env = { NODE_OPTIONS: `--require ${path.join(folder, "tell.cjs")}` };
    const loaded: string[][] = [];
    // So that what the first scan saw holds.
    await sleep(2_100);
    for (const _ of ["first", "second"]) {
      expect(await runOciBuild(args, { cwd: folder, env })).toMatchObject({ exitCode: 0 });
      loaded.push(fs.readFileSync(list, "utf8").split("\n"));
    }
    const rare = ["zlib", "worker_threads", "child_process", "perf_hooks"].map(
      (name) => `NativeModule ${name}`,
    );
    const [first, second] = loaded.map((names) => rare.filter((name) => names.includes(name)));
    expect(first).toContain("NativeModule zlib");
    expect(second).toEqual([]);
  });

  it("loads one file more to ask what a tag stands for, and no HTTP client", async () => {
    const folder = temporaryFolder();
    const app = path.join(folder, "app");
    const registry = await serveImage(path.join(folder, "image"));
    writeFiles(app, { Dockerfile: `FROM ${registry.host}/base:1\nWORKDIR /app\nCOPY . .\n`, "a.txt": "a" });
    const args = ["--progress", "plain", "--cache-dir", path.join(folder, "cache"), app];
    await runOciBuild(args, { cwd: folder });
    registry.requests.length = 0;
    const loaded = (await loadedFiles(args, folder)).filter((file) => !file.includes("xattr"));
    expect(registry.requests.filter((line) => !line.endsWith("/v2/"))).toEqual(["HEAD /v2/base/manifests/1"]);
    expect(loaded).toEqual([
      "bin/oci-build.js",
      expect.stringMatching(/^dist\/command\/chunk-\w+\.js$/),
      "dist/command/main.js",
      "dist/command/on-image.js",
      "dist/command/run-build.js",
    ]);
  });

  it.each([
    ["isolates commands", "@oci-build/executor/src/space/", "@oci-build/executor/src/run/"],
    ["runs RUN", "oci-build/src/solve/solve-run.ts", "oci-build/src/solve/execute-run.ts"],
    ["explains misses", "oci-build/src/explain/step-explainer.ts"],
    ["draws on a terminal", "oci-build/src/cli/progress/tty-lines.ts"],
  ])("has nothing in what every build reads that %s", (_, ...modules) => {
    const sources = [...bundledFiles("run-build.js").values()].flat();
    expect(sources).toContain("oci-build/src/solve/solve-step.ts");
    expect(sources.filter((source) => modules.some((name) => source.startsWith(name)))).toEqual([]);
  });

  it("has what looks for images and for RUN in one more file, and nothing in it twice", () => {
    const files = new Map([...bundledFiles("run-build.js"), ...bundledFiles("on-image.js")]);
    expect(files.size).toBe(3);
    expect(files.get("on-image.js")).toEqual(
      expect.arrayContaining([
        "@oci-build/executor/src/open-executor.ts",
        "@oci-build/registry/src/http/node-client.ts",
        "oci-build/src/base/open-registries.ts",
        "oci-build/src/solve/solve-run.ts",
      ]),
    );
    const sources = [...files.values()].flat();
    expect(sources).toHaveLength(new Set(sources).size);
  });
});

/** A registry of one image, `base:1`, that ends with the test. */
async function serveImage(folder: string): Promise<{ readonly host: string; readonly requests: string[] }> {
  const platform = { os: "linux", architecture: process.arch === "x64" ? "amd64" : process.arch };
  packLayout(folder, "1", [{ platform, layers: [Buffer.alloc(1024)], config: {} }]);
  const index = JSON.parse(fs.readFileSync(path.join(folder, "index.json"), "utf8")) as OciIndex;
  const [{ mediaType, digest }] = index.manifests;
  const requests: string[] = [];
  const server = http.createServer(({ method, url = "" }, response) => {
    requests.push(`${method} ${url}`);
    if (url === "/v2/") {
      response.end();
      return;
    }
    const wanted = url.split("/").at(-1)?.replace(/^1$/, digest).replace(":", "/") ?? "";
    const bytes = fs.readFileSync(path.join(folder, "blobs", wanted));
    const headers = { "content-length": bytes.length, "docker-content-digest": wanted.replace("/", ":") };
    response.writeHead(
      200,
      url.includes("/manifests/") ? { ...headers, "content-type": mediaType } : headers,
    );
    response.end(method === "HEAD" ? undefined : bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

interface OciIndex {
  readonly manifests: readonly [{ readonly mediaType: string; readonly digest: string }];
}

/** The modules in a file of the bundle and in those that it imports, by file. */
function bundledFiles(name: string): ReadonlyMap<string, readonly string[]> {
  const file = path.join(packageFolder, "dist/command", name);
  const { sources } = JSON.parse(fs.readFileSync(`${file}.map`, "utf8")) as { sources: readonly string[] };
  const imported = fs.readFileSync(file, "utf8").matchAll(/\bfrom"\.\/([\w-]+\.js)"/g);
  return new Map([[name, sources], ...[...imported].flatMap(([, other = ""]) => [...bundledFiles(other)])]);
}

/** A checkout with commands that say what they are; times in seconds. */
function checkout(times: { readonly bundled?: number; readonly compiled?: number }): string {
  const folder = temporaryFolder();
  const own = path.join(folder, "packages/oci-build");
  writeFiles(own, { "tsconfig.json": "{}", "package.json": '{ "type": "module" }' });
  fs.cpSync(path.join(packageFolder, "bin"), path.join(own, "bin"), { recursive: true });
  const parts = [
    { name: "dist/command/main.js", says: "bundled", time: times.bundled },
    { name: "dist/cli/main.js", says: "compiled", time: times.compiled },
    { name: "../oci/dist/.tsbuildinfo", says: "", time: times.compiled },
  ];
  for (const { name, says, time } of parts) {
    if (time === undefined) continue;
    writeFiles(own, { [name]: `export const main = () => console.log(${JSON.stringify(says)});\n` });
    fs.utimesSync(path.join(own, name), time, time);
  }
  return path.join(own, "bin/oci-build.js");
}

describe("the command in a checkout", () => {
  it.each([
    ["the bundle when it is as new as what was compiled", { bundled: 2, compiled: 2 }, "bundled"],
    ["what was compiled since the bundle was made", { bundled: 1, compiled: 2 }, "compiled"],
    ["what was compiled where there is no bundle", { compiled: 2 }, "compiled"],
  ])("is %s", (_, times, says) => {
    const { stdout, status } = spawnSync(process.execPath, [checkout(times), "x"], { encoding: "utf8" });
    expect([stdout.trim(), status]).toEqual([says, 0]);
  });

  it("is the same whenever and from wherever it is made, so that making it again disturbs no command that runs", () => {
    const made = (): readonly (readonly [string, number])[] => {
      const folder = path.join(packageFolder, "dist/command");
      return fs.readdirSync(folder).map((name) => [name, fs.statSync(path.join(folder, name)).ino]);
    };
    const before = made();
    for (const cwd of [root, packageFolder]) {
      const script = path.join(root, "scripts/bundle-command.mjs");
      const { status, stderr } = spawnSync(process.execPath, [script], { cwd, encoding: "utf8" });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(made()).toEqual(before);
    }
  });

  it("says what to do when nothing was compiled", () => {
    const { stderr, status } = spawnSync(process.execPath, [checkout({}), "x"], { encoding: "utf8" });
    expect(stderr).toBe("error: oci-build is not compiled\nhint: Run npm run build in its repository.\n");
    expect(status).toBe(3);
  });
});

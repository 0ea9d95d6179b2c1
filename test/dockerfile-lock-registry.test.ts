import fs from "node:fs";
import path from "node:path";
import { type BuildOptions, type BuildResult, build, type LockReport, lock } from "oci-build";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { requestLines } from "./support/registry/access-log.js";
import { type BusyboxLayout, busyboxLayout } from "./support/registry/busybox-image.js";
import { toolObstacle, unlessObstacle } from "./support/registry/obstacle.js";
import { type RegistryServer, startRegistry } from "./support/registry/registry-server.js";
import { skopeo, skopeoCopy } from "./support/registry/skopeo.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "busybox");
const folder = temporaryFolder();
const cacheDir = path.join(folder, "cache");
let registry: RegistryServer;
let layout: BusyboxLayout;

interface Listed {
  readonly manifests: readonly {
    readonly digest: string;
    readonly platform: { readonly os: string; readonly architecture: string; readonly variant?: string };
  }[];
}

describe.skipIf(obstacle !== undefined)(unlessObstacle("a lock file with a registry", obstacle), () => {
  beforeAll(async () => {
    registry = await startRegistry();
    layout = busyboxLayout();
    await copy("all", "oci");
    await copy("all", "docker", "--format", "v2s2");
    writeFiles(folder, {
      "context/a.txt": "a",
      "context/Dockerfile": `FROM ${name("oci")} AS a\nFROM ${name("docker")}\nCOPY --from=a /etc /m/\nCOPY a.txt /m/\n`,
    });
  }, 60_000);
  afterAll(() => registry.stop());

  it("pins what skopeo finds, indexes of OCI and lists of Docker alike", async () => {
    const { images } = await locked();
    expect(images.map(({ reference, mediaType }) => [reference, mediaType])).toEqual([
      [name("docker"), "application/vnd.docker.distribution.manifest.list.v2+json"],
      [name("oci"), "application/vnd.oci.image.index.v1+json"],
    ]);
    for (const { reference, digest, platforms } of images) {
      const { manifests } = JSON.parse(await inspect("--raw", reference)) as Listed;
      expect(platforms).toEqual(
        Object.fromEntries(
          manifests.map(({ platform: { os, architecture, variant }, digest: manifest }) => [
            [os, architecture, variant].filter((part) => part !== undefined).join("/"),
            manifest,
          ]),
        ),
      );
      expect((await inspect("--format", "{{.Digest}}", reference)).trim()).toBe(digest);
    }
  });

  it("gives the same image after its tags have moved, and is asked for no tag", async () => {
    const before = await built();
    await copy("two-layers", "oci");
    await copy("one", "docker");
    await registry.newRequests();
    const fresh = await built({ cacheDir: path.join(folder, "fresh") });
    expect(fresh.digest).toBe(before.digest);
    const lines = requestLines(await registry.newRequests());
    expect(lines.filter((line) => /manifests\/(oci|docker)/.test(line))).toEqual([]);
    await built({ offline: true });
    expect(await registry.newRequests()).toEqual([]);
    expect((await built({ lockFile: "never" })).digest).not.toBe(before.digest);
    await expect(built({ pull: true })).rejects.toMatchObject({ code: "LOCK_MISMATCH" });
    expect((await locked("all")).changes.map(({ kind }) => kind)).toEqual(["changed", "changed"]);
    await built({ pull: true });
  }, 60_000);
});

function name(tag: string): string {
  return `${registry.name}/base:${tag}`;
}

function copy(from: "all" | "one" | "two-layers", tag: string, ...args: readonly string[]): Promise<void> {
  return skopeoCopy(layout.image(from), `docker://${name(tag)}`, { args: ["--all", ...args] });
}

function inspect(...args: readonly string[]): Promise<string> {
  return skopeo("inspect", "--tls-verify=false", ...args.slice(0, -1), `docker://${args.at(-1) ?? ""}`);
}

function locked(update?: "all"): Promise<LockReport> {
  return lock({
    context: path.join(folder, "context"),
    cacheDir,
    update,
    env: {},
    platforms: ["linux/amd64"],
  });
}

function built(options: Partial<BuildOptions> = {}): Promise<BuildResult> {
  const dest = path.join(folder, "image.tar");
  fs.rmSync(dest, { force: true });
  return build({
    context: path.join(folder, "context"),
    cacheDir,
    platform: "linux/amd64",
    output: { type: "oci", dest },
    sourceDateEpoch: 0,
    env: {},
    ...options,
  });
}

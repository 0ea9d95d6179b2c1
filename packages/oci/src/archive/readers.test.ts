import { spawnSync } from "node:child_process";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Member, soundMembers, tarOf } from "../../test/sample-layout.js";
import { digestOf, parseDiffId } from "../digest.js";
import { type AssembledImage, assembleImage } from "../image/assemble-image.js";
import { type ImageContent, imageContent } from "../image/image-content.js";
import { mediaTypes } from "../image/media-types.js";
import { writeImageLayout } from "../layout/write-image-layout.js";
import { validateImage } from "../validate/validate-image.js";
import { openImageArchive } from "./open-image-archive.js";
import { writeImageArchive } from "./write-image-archive.js";

const has = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;
const [hasSkopeo, hasUmoci] = [has("skopeo"), has("umoci")];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "readers-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function run(program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
  expect({ status, stderr, error }).toMatchObject({ status: 0 });
  return stdout;
}

interface Sample {
  readonly image: AssembledImage;
  readonly content: ImageContent;
  readonly diffIds: readonly string[];
}

async function sample(names: readonly string[], layers: readonly (readonly Member[])[]): Promise<Sample> {
  const tars = await Promise.all(layers.map(tarOf));
  const blobs = new Map(tars.map((tar) => gzipSync(tar)).map((blob) => [digestOf(blob), blob]));
  const diffIds = tars.map((tar) => parseDiffId(digestOf(tar)));
  const image = assembleImage({
    config: {
      created: "1970-01-01T00:00:00Z",
      config: { Env: ["PATH=/bin"], Cmd: ["/bin/sh"], Labels: { "a.b": "c" } },
      rootfs: { type: "layers", diff_ids: diffIds },
      history: [...diffIds.map(() => ({ created_by: "COPY . /" })), { created_by: "CMD", empty_layer: true }],
    },
    layers: [...blobs].map(([digest, blob]) => ({
      mediaType: mediaTypes.layerGzip,
      digest,
      size: blob.length,
    })),
    platform: { os: "linux", architecture: "amd64" },
  });
  const read = async function* (digest: string): AsyncGenerator<Uint8Array> {
    for (const [name, blob] of blobs) if (name === digest) yield blob;
  };
  return { image, content: imageContent([{ ...image, names }], { read }), diffIds };
}

async function writeTar(content: ImageContent): Promise<string> {
  const handle = await open(path.join(folder, "image.tar"), "w");
  await writeImageArchive(content, (chunk) => handle.writeFile(chunk));
  await handle.close();
  return "image.tar";
}

const upper: readonly Member[] = [[{ name: "etc/.wh.motd.link" }], [{ name: "etc/new" }, "new\n"]];
const name = "docker.io/library/app:1.0";

const names = [
  { title: "with a name", given: [name], reference: "" },
  { title: "without a name", given: [], reference: "" },
  { title: "with two names, by one of them", given: [name, "localhost:5000/b:2"], reference: ":2" },
];

describe("archives for other programs", () => {
  it.skipIf(!hasSkopeo).each(names)(
    "skopeo reads an image $title as oci-archive (skipped without skopeo)",
    async ({ given, reference }) => {
      const { image, content } = await sample(given, [soundMembers, upper]);
      const archive = `oci-archive:${await writeTar(content)}${reference}`;
      expect(JSON.parse(run("skopeo", "inspect", archive))).toMatchObject({
        Digest: image.manifest.descriptor.digest,
        Labels: { "a.b": "c" },
      });
    },
  );

  it
    .skipIf(!hasSkopeo)
    .each([
      ...names.map((one) => ({ ...one, layers: [soundMembers, upper] })),
      { title: "without layers", given: [name], layers: [] },
    ])(
    "skopeo copies an image $title from docker-archive (skipped without skopeo)",
    async ({ given, layers }) => {
      const { image, content, diffIds } = await sample(given, layers);
      run("skopeo", "copy", `docker-archive:${await writeTar(content)}`, "dir:out");
      const manifest = JSON.parse(await readFile(path.join(folder, "out", "manifest.json"), "utf8"));
      expect(manifest.config.digest).toBe(image.config.descriptor.digest);
      expect(manifest.layers.map((layer: { digest: string }) => layer.digest)).toEqual(diffIds);
    },
  );

  it.skipIf(!hasUmoci)("umoci unpacks the layout (skipped without umoci)", async () => {
    const { content } = await sample([name], [soundMembers, upper]);
    await writeImageLayout(content, path.join(folder, "layout"));
    run("umoci", "unpack", "--rootless", "--image", "layout:1.0", "bundle");
    expect(await readFile(path.join(folder, "bundle", "rootfs", "etc", "motd"), "utf8")).toBe("hello\n");
    expect(run("ls", path.join("bundle", "rootfs", "etc"))).toBe("motd\nmotd.symlink\nnew\n");
  });

  it.skipIf(!hasSkopeo).each(["docker-archive", "oci-archive"])(
    "we read what skopeo writes as %s, and find it sound (skipped without skopeo)",
    async (kind) => {
      const { content, diffIds } = await sample([name], [soundMembers, upper]);
      const ours = await writeTar(content);
      run("skopeo", "copy", `oci-archive:${ours}`, `${kind}:theirs.tar:app:1.0`);
      const source = await openImageArchive(path.join(folder, "theirs.tar"));
      expect(source.kind).toBe(kind);
      expect(await validateImage(source)).toEqual([]);
      const [descriptor] = (await source.index()).manifests;
      expect(descriptor?.annotations?.["org.opencontainers.image.ref.name"]).toMatch(/1\.0$/);
      expect(diffIds).toHaveLength(2);
      await source.close();
    },
  );
});

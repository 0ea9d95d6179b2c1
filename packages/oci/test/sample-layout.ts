import { gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";
import { type Digest, digestOf } from "../src/digest.js";
import type { ImageSource } from "../src/image/image-source.js";
import { encodeJson } from "../src/json/encode-json.js";
import type { LayoutFiles } from "../src/layout/layout-files.js";
import { layoutSource } from "../src/layout/layout-source.js";
import { missingBlob } from "../src/layout/missing-blob.js";
import { validateImage } from "../src/validate/validate-image.js";

/** A document that a test is about to break. */
// biome-ignore lint/suspicious/noExplicitAny: broken documents have any form
export type Loose = any;

/** What a test changes in the sound layout before the documents above are made from it. */
export interface Changes {
  readonly tar?: Buffer;
  readonly layer?: Buffer;
  readonly config?: (config: Loose) => Loose;
  readonly manifest?: (manifest: Loose) => Loose;
  readonly index?: (index: Loose) => Loose;
  readonly docker?: (entries: Loose) => Loose;
  readonly files?: (files: Map<string, Buffer>, layout: SampleLayout) => void;
}

/** The files of a layout, and the paths that its documents have. */
export interface SampleLayout {
  readonly files: Map<string, Buffer>;
  readonly paths: { readonly layer: string; readonly config: string; readonly manifest: string };
}

/** One entry of a tar. */
export type Member = readonly [header: Partial<Header> & Pick<Header, "name">, body?: string | Buffer];

/** A tar of some members, made by tar-stream. */
export async function tarOf(members: readonly Member[]): Promise<Buffer> {
  const tar = pack();
  for (const [header, body] of members) {
    tar.entry({ mtime: new Date(0), mode: 0o644, ...header }, body ?? "");
  }
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The members of the sound layer. */
export const soundMembers: readonly Member[] = [
  [{ name: "etc/", type: "directory", mode: 0o755 }],
  [{ name: "etc/motd" }, "hello\n"],
  [{ name: "etc/motd.link", type: "link", linkname: "etc/motd" }],
  [{ name: "etc/motd.symlink", type: "symlink", linkname: "/nowhere" }],
  [{ name: "var/.wh.cache" }],
  [{ name: "var/lib/.wh..wh..opq" }],
];

/** A layout of one image that is sound but for the changes. */
export async function sampleLayout(changes: Changes = {}): Promise<SampleLayout> {
  const same = (value: Loose): Loose => value;
  const tar = changes.tar ?? (await tarOf(soundMembers));
  const layer = changes.layer ?? gzipSync(tar);
  const config = encodeJson((changes.config ?? same)(configOf(digestOf(tar))));
  const manifest = encodeJson((changes.manifest ?? same)(manifestOf(config, layer)));
  const paths = { layer: pathOf(layer), config: pathOf(config), manifest: pathOf(manifest) };
  const files = new Map([
    [paths.layer, layer],
    [paths.config, config],
    [paths.manifest, manifest],
    ["index.json", encodeJson((changes.index ?? same)(indexOf(manifest)))],
    ["manifest.json", encodeJson((changes.docker ?? same)(dockerOf(paths)))],
    ["oci-layout", Buffer.from('{"imageLayoutVersion":"1.0.0"}')],
  ]);
  changes.files?.(files, { files, paths });
  return { files, paths };
}

/** A source of files in memory. */
export function memorySource(files: ReadonlyMap<string, Buffer>): ImageSource {
  return layoutSource("oci-layout", memoryFiles(files));
}

function memoryFiles(files: ReadonlyMap<string, Buffer>): LayoutFiles {
  return {
    duplicates: [],
    size: (path) => Promise.resolve(files.get(path)?.length),
    async *read(path, range) {
      const bytes = files.get(path);
      if (bytes === undefined) throw missingBlob(path);
      const from = range?.offset ?? 0;
      yield bytes.subarray(from, range?.length === undefined ? undefined : from + range.length);
    },
    close: () => Promise.resolve(),
  };
}

const hex = /[0-9a-f]{64}/g;

/** `rule place` of each mismatch of a layout, digests replaced by what they are of. */
export async function mismatchLines({ files, paths }: SampleLayout): Promise<readonly string[]> {
  const names = new Map(Object.entries(paths).map(([name, path]) => [path.slice(-64), name]));
  const mismatches = await validateImage(memorySource(files));
  return mismatches.map(
    ({ rule, path }) => `${rule} ${path.replaceAll(hex, (digits) => names.get(digits) ?? "?")}`,
  );
}

/** The path of a blob. */
export function pathOf(bytes: Buffer): string {
  return `blobs/sha256/${digestOf(bytes).slice("sha256:".length)}`;
}

/** The descriptor of a blob. */
export function descriptorOf(
  mediaType: string,
  bytes: Buffer,
): { mediaType: string; digest: Digest; size: number } {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

function configOf(diffId: string): Loose {
  return {
    architecture: "amd64",
    os: "linux",
    created: "1970-01-01T00:00:00Z",
    config: { Env: ["PATH=/bin"], Cmd: ["/bin/sh"] },
    rootfs: { type: "layers", diff_ids: [diffId] },
    history: [{ created_by: "COPY . /" }, { created_by: "CMD /bin/sh", empty_layer: true }],
  };
}

function manifestOf(config: Buffer, layer: Buffer): Loose {
  return {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: descriptorOf("application/vnd.oci.image.config.v1+json", config),
    layers: [descriptorOf("application/vnd.oci.image.layer.v1.tar+gzip", layer)],
  };
}

function indexOf(manifest: Buffer): Loose {
  const annotations = {
    "io.containerd.image.name": "docker.io/library/app:1.0",
    "org.opencontainers.image.ref.name": "1.0",
  };
  const descriptor = descriptorOf("application/vnd.oci.image.manifest.v1+json", manifest);
  return {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [{ ...descriptor, annotations, platform: { architecture: "amd64", os: "linux" } }],
  };
}

function dockerOf({ config, layer }: SampleLayout["paths"]): Loose {
  return [{ Config: config, Layers: [layer], RepoTags: ["app:1.0"] }];
}

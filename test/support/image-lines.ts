import {
  CONFIG_MAX_BYTES,
  type Digest,
  decodeConfig,
  decodeManifest,
  decompressedStream,
  type ImageConfig,
  type LayerTree,
  MANIFEST_MAX_BYTES,
  openImageArchive,
  readBlob,
  readLayerTree,
  type TreeEntry,
  validateImage,
} from "@oci-build/oci";
import { expect } from "vitest";

/** A written image, read back: its config, and its layers' members as lines. */
export interface ReadImage {
  readonly digest: Digest;
  readonly config: ImageConfig;
  readonly layers: readonly LayerTree[];
}

/** Reads the only image of an archive, which must stand up to our own validator. */
export async function readImage(file: string): Promise<ReadImage> {
  const source = await openImageArchive(file);
  try {
    expect(await validateImage(source)).toEqual([]);
    const [descriptor] = (await source.index()).manifests;
    if (descriptor === undefined) throw new Error(`${file} holds no image`);
    const manifest = decodeManifest(await readBlob(source, descriptor, MANIFEST_MAX_BYTES));
    const config = decodeConfig(await readBlob(source, manifest.config, CONFIG_MAX_BYTES));
    const layers: LayerTree[] = [];
    for (const { digest } of manifest.layers)
      layers.push(await readLayerTree(decompressedStream(source.read(digest))));
    return { digest: descriptor.digest, config, layers };
  } finally {
    await source.close();
  }
}

/** A layer's members as lines: type, path, mode, owner, then what the type adds. */
export function layerLines({ entries }: LayerTree): string[] {
  return entries.map(entryLine);
}

function entryLine(entry: TreeEntry): string {
  if (entry.type === "whiteout" || entry.type === "opaque") return `${entry.type} ${entry.path}`;
  const owner = entry.uid === 0 && entry.gid === 0 ? "" : ` ${entry.uid}:${entry.gid}`;
  const head = `${entry.type} ${entry.path} 0${entry.mode.toString(8)}${owner}`;
  if (entry.type === "file") return `${head} ${entry.size}`;
  return entry.type === "symlink" || entry.type === "hardlink" ? `${head} -> ${entry.target}` : head;
}

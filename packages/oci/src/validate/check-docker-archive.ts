import { createHash } from "node:crypto";
import { mediaTypes } from "../image/media-types.js";
import { checkDockerManifest, type DockerEntry } from "./check-docker-manifest.js";
import { at } from "./check-document.js";
import type { ListedLayer } from "./check-layers.js";
import { checkImage } from "./check-manifest.js";
import type { Validation } from "./validation.js";

/** Checks an archive that has `manifest.json` alone. */
export async function checkDockerArchive(validation: Validation): Promise<void> {
  for (const entry of await checkDockerManifest(validation)) {
    validation.signal?.throwIfAborted();
    const layers: ListedLayer[] = [];
    for (const [index, path] of entry.layers.entries()) {
      layers.push(await listLayer(validation, path, at("manifest.json", `${entry.pointer}/Layers/${index}`)));
    }
    if (entry.config === undefined) continue;
    await checkConfigName(validation, entry, entry.config);
    await checkImage(validation, entry.config, layers);
  }
}

async function listLayer(validation: Validation, path: string, statedAt: string): Promise<ListedLayer> {
  const { source, log } = validation;
  if ((await source.files.size(path)) === undefined) {
    log.add({ path: statedAt, rule: "file.missing", stated: path, found: "absent" });
  }
  const magic = await firstBytes(validation, path);
  if (magic.startsWith("1f8b")) return { path, compression: "gzip", mediaType: mediaTypes.layerGzip };
  const isZstd = magic === "28b52ffd";
  return isZstd
    ? { path, compression: undefined, mediaType: mediaTypes.layerZstd }
    : { path, compression: "none", mediaType: mediaTypes.layer };
}

async function firstBytes({ source }: Validation, path: string): Promise<string> {
  if ((await source.files.size(path)) === undefined) return "";
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.files.read(path, { offset: 0, length: 4 })) chunks.push(chunk);
  return Buffer.concat(chunks).toString("hex");
}

/** Docker names a config by its digest, and takes that for the image's id. */
async function checkConfigName(
  { source, log }: Validation,
  { pointer }: DockerEntry,
  config: string,
): Promise<void> {
  const stated = /(?:^|\/)([0-9a-f]{64})(?:\.json)?$/.exec(config)?.[1];
  if (stated === undefined || (await source.files.size(config)) === undefined) return;
  const hash = createHash("sha256");
  for await (const chunk of source.files.read(config)) hash.update(chunk);
  const found = hash.digest("hex");
  if (found === stated) return;
  const path = at("manifest.json", `${pointer}/Config`);
  log.add({ path, rule: "blob.digest", stated: `sha256:${stated}`, found: `sha256:${found}` });
}

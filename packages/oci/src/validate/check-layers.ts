import { at } from "./check-document.js";
import { type CheckedLayer, checkLayer, pathsIn } from "./check-layer.js";
import type { UnresolvedLink } from "./layer-entries.js";
import type { CheckedCompression } from "./layer-stream.js";
import type { Validation } from "./validation.js";

/** A layer of an image: its file, how it is stored (undefined where that is not known to us), what names it. */
export interface ListedLayer {
  readonly path: string;
  readonly compression: CheckedCompression | undefined;
  readonly mediaType: string;
}

/** Checks the layers of one image, lowest first, against the diffIDs of its config. */
export async function checkLayers(
  validation: Validation,
  layers: readonly ListedLayer[],
  { diffIds, configPath }: { diffIds: readonly string[]; configPath: string },
): Promise<void> {
  const links: PlacedLink[] = [];
  for (const [index, layer] of layers.entries()) {
    const checked = await checkOne(validation, layer);
    const stated = diffIds[index];
    if (stated !== undefined && checked?.diffId !== undefined && stated !== checked.diffId) {
      const path = at(configPath, `/rootfs/diff_ids/${index}`);
      validation.log.add({ path, rule: "layer.diff-id", stated, found: checked.diffId });
    }
    links.push(...(checked?.unresolvedLinks ?? []).map((link) => ({ ...link, layerIndex: index })));
  }
  if (links.length > 0) await checkLowerLinks(validation, layers, links);
}

async function checkOne(
  validation: Validation,
  { path, compression, mediaType }: ListedLayer,
): Promise<CheckedLayer | undefined> {
  if ((await validation.source.files.size(path)) === undefined) return undefined;
  if (compression !== undefined) return checkLayer(validation, path, compression);
  const stated = "an uncompressed or gzip layer";
  validation.log.add({ path, rule: "layer.unverified", stated, found: mediaType });
  return undefined;
}

interface PlacedLink extends UnresolvedLink {
  readonly layerIndex: number;
}

/** A hard link may lead to a file of a layer below. That is rare, so the layers are read again, once, for all. */
async function checkLowerLinks(
  validation: Validation,
  layers: readonly ListedLayer[],
  links: readonly PlacedLink[],
): Promise<void> {
  const lowest = await lowestLayers(validation, layers, new Set(links.map(({ target }) => target)));
  for (const { path, target, layerIndex } of links) {
    if ((lowest.get(target) ?? layerIndex) < layerIndex) continue;
    const found = target === "" ? "a path that leads out" : "no file of that path before it";
    validation.log.add({ path, rule: "layer.entry-link", stated: "a file before it", found });
  }
}

/** For each of some paths, the lowest layer that has it. */
async function lowestLayers(
  validation: Validation,
  layers: readonly ListedLayer[],
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const lowest = new Map<string, number>();
  const seen = new Set<string>();
  for (const [index, { path, compression }] of layers.entries()) {
    const isReadable = compression !== undefined && (await validation.source.files.size(path)) !== undefined;
    if (!isReadable || seen.has(path)) continue;
    seen.add(path);
    for (const name of await pathsIn(validation, { path, compression }, wanted)) {
      if (!lowest.has(name)) lowest.set(name, index);
    }
  }
  return lowest;
}

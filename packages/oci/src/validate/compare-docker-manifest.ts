import { isOciBuildError } from "../error.js";
import { parseFamiliarName } from "../image/image-name.js";
import type { DockerEntry } from "./check-docker-manifest.js";
import { at } from "./check-document.js";
import type { FoundRoot } from "./check-index.js";
import type { FoundImage } from "./found-image.js";
import type { MismatchRule } from "./mismatch.js";
import type { Validation } from "./validation.js";

/** Checks that `manifest.json` and `index.json` of one archive tell of the same images.
 * Where an index has several images for a name, `manifest.json` has one of them. */
export function compareDockerManifest(
  { log }: Validation,
  entries: readonly DockerEntry[],
  roots: readonly FoundRoot[],
): void {
  const add = (entry: string, rule: MismatchRule, stated: string, found: string): void => {
    log.add({ path: at("manifest.json", entry), rule, stated, found });
  };
  const images = new Map(roots.flatMap((root) => root.images).map((image) => [image.configPath, image]));
  for (const entry of entries) {
    const image = images.get(entry.config ?? "");
    if (image === undefined) {
      add(`${entry.pointer}/Config`, "docker.config", "a config of index.json", entry.config ?? "none");
      continue;
    }
    compareLayers(entry, image, add);
    compareNames(entry, image, { roots, add });
  }
  for (const root of roots) {
    const listed = root.images.some((image) => entries.some(({ config }) => config === image.configPath));
    if (!listed && root.images.length > 0)
      add("", "docker.config", root.images[0]?.configPath ?? "", "absent");
  }
}

type Add = (entry: string, rule: MismatchRule, stated: string, found: string) => void;

function compareLayers(entry: DockerEntry, image: FoundImage, add: Add): void {
  const count = Math.max(entry.layers.length, image.layers.length);
  for (let index = 0; index < count; index++) {
    const [stated, found] = [image.layers[index] ?? "none", entry.layers[index] ?? "none"];
    if (stated !== found) add(`${entry.pointer}/Layers/${index}`, "docker.layers", stated, found);
  }
}

/** Names are compared only where the index has containerd's: a reference name alone is not a whole name. */
function compareNames(
  entry: DockerEntry,
  image: FoundImage,
  { roots, add }: { roots: readonly FoundRoot[]; add: Add },
): void {
  const named = roots.filter((root) => root.name !== undefined && root.images.includes(image));
  if (named.length === 0) return;
  const stated = new Set(named.map((root) => root.name ?? ""));
  const found = new Set(entry.tags.map(fullName));
  const differing = [...stated, ...found].some((name) => !stated.has(name) || !found.has(name));
  if (differing) {
    add(`${entry.pointer}/RepoTags`, "docker.names", [...stated].join(", "), [...found].join(", ") || "none");
  }
}

function fullName(tag: string): string {
  try {
    return parseFamiliarName(tag).full;
  } catch (error) {
    if (!isOciBuildError(error, "OCI_IMAGE_NAME_INVALID")) throw error;
    return tag;
  }
}

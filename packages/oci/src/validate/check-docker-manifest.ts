import { dockerManifestShape } from "../image/document-shapes.js";
import { checkDocument, itemsOf, memberOf, stringsOf } from "./check-document.js";
import type { Validation } from "./validation.js";

/** An entry of `manifest.json` as far as it could be read. */
export interface DockerEntry {
  readonly pointer: string;
  readonly config: string | undefined;
  readonly layers: readonly string[];
  readonly tags: readonly string[];
}

/** Checks the form of `manifest.json` and gives its entries. */
export async function checkDockerManifest(validation: Validation): Promise<readonly DockerEntry[]> {
  const entries = await checkDocument(validation, "manifest.json", dockerManifestShape);
  return itemsOf(entries).map((entry, index) => {
    const config = memberOf(entry, "Config");
    return {
      pointer: `/${index}`,
      config: typeof config === "string" ? config : undefined,
      layers: stringsOf(memberOf(entry, "Layers")),
      tags: stringsOf(memberOf(entry, "RepoTags")),
    };
  });
}

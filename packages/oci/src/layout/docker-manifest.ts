import { MANIFEST_MAX_BYTES } from "../image/decode-documents.js";
import { dockerManifestShape } from "../image/document-shapes.js";
import { decodeJson } from "../json/decode-json.js";
import type { LayoutFiles } from "./layout-files.js";
import { readSmallFile } from "./read-small-file.js";

/** An entry of `manifest.json`, in the words of `docker save`: paths of files, and names as Docker's users say them.
 * @see https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md#combined-image-json--filesystem-changeset-format */
export interface DockerManifestEntry {
  readonly Config: string;
  readonly RepoTags?: readonly string[] | undefined;
  readonly Layers: readonly string[];
}

/** Reads `manifest.json`.
 * @throws OciBuildError OCI_BLOB_MISSING, OCI_DOCUMENT_TOO_LARGE, OCI_DOCUMENT_INVALID */
export async function readDockerManifest(files: LayoutFiles): Promise<readonly DockerManifestEntry[]> {
  return decodeJson<DockerManifestEntry[]>(await readSmallFile(files, "manifest.json", MANIFEST_MAX_BYTES), {
    what: "manifest.json",
    shape: dockerManifestShape,
    maxBytes: MANIFEST_MAX_BYTES,
    listsFromNull: ["Layers"],
  });
}

import { decodeJson } from "../json/decode-json.js";
import { configShape, indexShape, manifestShape } from "./document-shapes.js";
import type { ImageConfig } from "./image-config.js";
import type { ImageIndex } from "./image-index.js";
import type { ImageManifest } from "./image-manifest.js";

/** The largest manifest or index that is read, as registries and containers/image have it. */
export const MANIFEST_MAX_BYTES: number = 4 * 1024 * 1024;

/** The largest image config that is read, as containers/image has it. */
export const CONFIG_MAX_BYTES: number = 4 * 1024 * 1024;

/** Reads an image manifest, OCI's or Docker's schema 2. `what` names it in errors.
 * @throws OciBuildError OCI_DOCUMENT_TOO_LARGE, OCI_DOCUMENT_INVALID */
export function decodeManifest(bytes: Uint8Array, what = "image manifest"): ImageManifest {
  const limits = { maxBytes: MANIFEST_MAX_BYTES, listsFromNull: ["layers"] };
  return decodeJson<ImageManifest>(bytes, { what, shape: manifestShape, ...limits });
}

/** Reads an image index or Docker's manifest list. `what` names it in errors.
 * @throws OciBuildError OCI_DOCUMENT_TOO_LARGE, OCI_DOCUMENT_INVALID */
export function decodeIndex(bytes: Uint8Array, what = "image index"): ImageIndex {
  const limits = { maxBytes: MANIFEST_MAX_BYTES, listsFromNull: ["manifests"] };
  return decodeJson<ImageIndex>(bytes, { what, shape: indexShape, ...limits });
}

/** Reads an image config. `what` names it in errors.
 * @throws OciBuildError OCI_DOCUMENT_TOO_LARGE, OCI_DOCUMENT_INVALID */
export function decodeConfig(bytes: Uint8Array, what = "image config"): ImageConfig {
  const limits = { maxBytes: CONFIG_MAX_BYTES, listsFromNull: ["diff_ids"] };
  return decodeJson<ImageConfig>(bytes, { what, shape: configShape, ...limits });
}

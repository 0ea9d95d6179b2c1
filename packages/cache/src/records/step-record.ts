import type { ContentDigest, DiffId, Digest } from "@oci-build/oci";
import type { LayerBlob } from "../blob-store.js";
import type { KeyField } from "../keys/key-field.js";

/** One form of a step's content: see `layerForm`. */
export interface RecordedLayer extends LayerBlob {
  readonly form: string;
}

/** An image that builds stand on: its index, manifest and config, and its layers. What of them the store has, it keeps
 * for the record. */
export interface RecordedImage {
  readonly documents: readonly Digest[];
  readonly layers: readonly { readonly digest: Digest; readonly diffId: DiffId }[];
}

/** What a step's key gave, once. JSON-safe.
 *
 * `fields` are the key's, with values that look like secrets hidden. `contentDigest` is undefined for a step that
 * makes no layer, whose record only keeps its time. `createdSec` is seconds since 1970. `layers` are encodings of the
 * one content, at most one per form; they may have left the store since. `image` is there in the record of a base
 * image, which has no content of its own. */
export interface StepRecord {
  readonly version: 1;
  readonly key: Digest;
  readonly fields: readonly KeyField[];
  readonly stepName: string;
  readonly createdSec: number;
  readonly contentDigest: ContentDigest | undefined;
  readonly layers: readonly RecordedLayer[];
  readonly image?: RecordedImage | undefined;
}

/** What a step gave, to be recorded. Without `createdSec` it is now. */
export interface StepResult {
  readonly stepName: string;
  readonly createdSec?: number | undefined;
  readonly content?: StepContent | undefined;
  readonly image?: RecordedImage | undefined;
}

/** The files that a step wrote: their digest without times, and the layer that holds them in one form. */
export interface StepContent {
  readonly digest: ContentDigest;
  readonly form: string;
  readonly layer: LayerBlob;
}

/** `keep`: the first record of a key stands, and others adopt it. `replace`: the new one stands (`--no-cache`). */
export type RecordMode = "keep" | "replace";

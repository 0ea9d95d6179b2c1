import { digestOf } from "../digest.js";
import { encodeJson } from "../json/encode-json.js";
import type { Descriptor } from "./descriptor.js";

/** A JSON document as it is stored, with the descriptor that names it. */
export interface StoredDocument {
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
}

/** Encodes a document and names it. */
export function storedDocument(mediaType: string, value: unknown): StoredDocument {
  const bytes = encodeJson(value);
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}

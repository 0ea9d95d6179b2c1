import type { Digest } from "../digest.js";
import type { Platform } from "./platform.js";

/** Free text by name; names of general use are spelled in reverse domain notation.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md */
export type Annotations = { readonly [name: string]: string };

/** Names a blob: its type, the SHA-256 and the size in bytes of what is stored.
 * `data` is the blob itself in base64; `platform` stands only where an index points at a manifest.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#properties */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly urls?: readonly string[] | undefined;
  readonly annotations?: Annotations | undefined;
  readonly data?: string | undefined;
  readonly artifactType?: string | undefined;
  readonly platform?: Platform | undefined;
}

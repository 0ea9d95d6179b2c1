import type { DiffId, LayerTree } from "@oci-build/oci";

/** What kind of file of a store is damaged. `image`: a name whose image is not there in full. */
export type DamageKind =
  | "blob"
  | "segment-table"
  | "tree"
  | "record"
  | "index"
  | "project"
  | "tombstones"
  | "outputs"
  | "names"
  | "mount"
  | "unpacked"
  | "image";

/** One damaged file. `path` is relative to the store's folder, of an image it is the name. */
export interface CacheDamage {
  readonly kind: DamageKind;
  readonly path: string;
  readonly problem: string;
}

/** What a look at everything found. JSON-safe. */
export interface VerifyReport {
  readonly files: number;
  /** Bytes read. */
  readonly bytes: number;
  readonly damages: readonly CacheDamage[];
}

/** A layer that an executor has unpacked. `tree` says what is to be in it, where that is known. */
export interface UnpackedFolder {
  readonly folder: string;
  /** The id space that its owners were written through. */
  readonly space: string;
  readonly diffId: DiffId;
  readonly tree: LayerTree | undefined;
}

/** How a store is verified. */
export interface VerifyOptions {
  /** `forget` removes what is damaged, so that the next build makes it again. Default: `keep`. */
  readonly damaged?: "keep" | "forget" | undefined;
  /** Looks at the files of an unpacked layer, which may belong to other users, and says what is wrong with them. Default:
   * they are not looked at. */
  readonly checkUnpacked?: ((layer: UnpackedFolder) => Promise<string | undefined>) | undefined;
}

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

/** How a store is verified. */
export interface VerifyOptions {
  /** `forget` removes what is damaged, so that the next build makes it again. Default: `keep`. */
  readonly damaged?: "keep" | "forget" | undefined;
}

import type { Entry, LayerHardLink } from "@oci-build/oci";

/** What a name in a tree can be, as changes call it. */
export type FileType = Entry["type"] | LayerHardLink["type"] | "whiteout" | "opaque";

/** One attribute that differs. Values are as `ls` and `stat` show them: modes octal, ids decimal, and for `xattr` the
 * attribute's name on the side that has it, or on both when its value differs. Undefined where that side has none.
 * `content` has the sizes in bytes. */
export interface AttributeChange {
  readonly name: "type" | "mode" | "uid" | "gid" | "xattr" | "target" | "device" | "content";
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** How one path that a step writes differs from what an earlier build of the step wrote there. Times never count.
 * `path` is that of the image, without a leading slash. A file is renamed when it is gone in one place and new in
 * another with the same bytes; `attributes` then tells what else differs. JSON-safe. */
export type FileChange =
  | { readonly kind: "added" | "deleted"; readonly path: string; readonly type: FileType }
  | {
      readonly kind: "changed";
      readonly path: string;
      readonly type: FileType;
      /** In a fixed order; never empty. */
      readonly attributes: readonly AttributeChange[];
    }
  | {
      readonly kind: "renamed";
      readonly from: string;
      readonly path: string;
      readonly type: FileType;
      readonly attributes: readonly AttributeChange[];
    };

/** What each rule of the validator asks for. The rules of a document's form are the `document.` ones. */
export const mismatchRules = {
  "document.json": "a document is JSON in UTF-8",
  "document.required": "a required member is there",
  "document.type": "a member has the type of the schema",
  "document.format": "a text has the form of the schema",
  "document.value": "a value is one that the schema allows",
  "document.ambiguous": "no member makes two readers see two things",
  "document.limit": "sizes, depths and counts keep within the limits",
  "document.media-type": "a document's own media type is the one it is listed with",
  "file.missing": "a file that the layout must have is there",
  "file.duplicate": "an archive has each file once",
  "blob.missing": "a blob that is named is there",
  "blob.size": "a blob has the stated size",
  "blob.digest": "a blob has the digest that names it",
  "descriptor.data": "embedded data is the blob that the descriptor names",
  "config.platform": "the index and the config state one platform",
  "config.env": "environment variables are NAME=value",
  "config.diff-ids-count": "there is one diffID for each layer",
  "config.history-count": "there is one history entry with a layer for each layer",
  "layer.compression": "a layer decompresses as its media type says, to its last byte",
  "layer.diff-id": "a decompressed layer has its diffID",
  "layer.unverified": "a layer is stored in a form that can be checked",
  "layer.limit": "a layer keeps within the limits",
  "layer.tar": "a layer is a tar",
  "layer.entry-type": "an entry is of a type that all readers know",
  "layer.entry-size": "an entry that cannot have data says it has none",
  "layer.entry-path": "an entry's path is relative and stays inside",
  "layer.entry-duplicate": "a path stands once in a layer",
  "layer.entry-parent": "what stands above an entry in its layer is a directory",
  "layer.entry-link": "a hard link leads to a file before it",
  "layer.whiteout": "a whiteout is an empty file and names what it deletes",
  "docker.config": "manifest.json and index.json list the same configs",
  "docker.layers": "manifest.json and the manifests list the same layers",
  "docker.names": "manifest.json and index.json give the same names",
} as const;

/** A rule of `validateImage`. */
export type MismatchRule = keyof typeof mismatchRules;

/** One thing wrong with an image. `path` is where: a file of the layout, after `#` a JSON pointer into a document,
 * after `!` an entry of a layer. `stated` is what the image or the rule says, `found` what was read or computed. */
export interface Mismatch {
  readonly path: string;
  readonly rule: MismatchRule;
  readonly stated: string;
  readonly found: string;
}

/** More mismatches of one image are not listed; the last one says so. */
const MISMATCHES_MAX = 10_000;

/** Collects mismatches, up to a limit. */
export interface MismatchLog {
  readonly all: readonly Mismatch[];
  add(mismatch: Mismatch): void;
}

/** A log without entries. */
export function mismatchLog(): MismatchLog {
  const all: Mismatch[] = [];
  return {
    all,
    add(mismatch) {
      if (all.length < MISMATCHES_MAX) all.push(mismatch);
      else if (all.length === MISMATCHES_MAX) {
        all.push({ path: "", rule: "document.limit", stated: `${MISMATCHES_MAX} mismatches`, found: "more" });
      }
    },
  };
}

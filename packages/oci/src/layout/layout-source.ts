import type { Digest } from "../digest.js";
import { decodeIndex, MANIFEST_MAX_BYTES } from "../image/decode-documents.js";
import type { ImageSource } from "../image/image-source.js";
import { hashedBlob } from "../image/verified-blob.js";
import { blobPath } from "./blob-path.js";
import type { LayoutFiles } from "./layout-files.js";
import { readSmallFile } from "./read-small-file.js";

/** The images of an OCI layout, wherever its files lie. */
export function layoutSource(kind: "oci-archive" | "oci-layout", files: LayoutFiles): ImageSource {
  return {
    kind,
    files,
    async index() {
      return decodeIndex(await readSmallFile(files, "index.json", MANIFEST_MAX_BYTES), "index.json");
    },
    size: (digest) => files.size(blobPath(digest)),
    read(digest: Digest, range) {
      const chunks = files.read(blobPath(digest), range);
      return range === undefined ? hashedBlob(chunks, digest) : chunks;
    },
    close: () => files.close(),
    [Symbol.asyncDispose]: () => files.close(),
  };
}

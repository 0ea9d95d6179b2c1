import { blobSize } from "./blob-size.js";
import { deleteBlob, deleteManifest } from "./delete-content.js";
import { listTags } from "./list-tags.js";
import { readBlob } from "./read-blob.js";
import { readManifest } from "./read-manifest.js";
import { listReferrers } from "./referrers/list-referrers.js";
import type { Repository } from "./repository.js";
import type { RepositoryContext } from "./repository-context.js";
import { resolveManifest } from "./resolve-manifest.js";
import { writeBlob } from "./upload/write-blob.js";
import { writeManifest } from "./write-manifest.js";

/** The operations of one repository, each in a file of its own. */
export function openRepository(context: RepositoryContext): Repository {
  return {
    name: context.name,
    resolve: (target, options) => resolveManifest(context, target, options),
    manifest: (target, options) => readManifest(context, target, options),
    writeManifest: (document, tag, options) => writeManifest(context, document, { ...options, tag }),
    deleteManifest: (target, options) => deleteManifest(context, target, options),
    size: (digest, options) => blobSize(context, digest, options),
    read: (digest, range, options) => readBlob(context, digest, range, options),
    writeBlob: (blob, options) => writeBlob(context, blob, options),
    deleteBlob: (digest, options) => deleteBlob(context, digest, options),
    tags: (options) => listTags(context, options),
    referrers: (digest, options) => listReferrers(context, digest, options),
  };
}

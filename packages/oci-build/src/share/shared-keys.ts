import { type ImportRules, type KeyField, keyField, type StepKey, stepKey } from "@oci-build/cache";
import type { ContentDigest } from "@oci-build/oci";
import { contentDigest } from "@oci-build/snapshot";
import type { CacheMount } from "../plan/run-step.js";
import { contentKey } from "../solve/look-up-content.js";

/** What of an import may be believed. The key of a step that is nothing but its content says what its layer has to hold;
 * that of a command cannot. What lacks owners is never shared. */
export const importRules: Pick<ImportRules, "contentOf" | "digestOf" | "isShared"> = {
  digestOf: contentDigest,
  contentOf: (key) => contentOfKey(key),
  isShared: ({ fields }) => isFullFidelity(fields),
};

/** Whether a key is of a result with all its owners. */
export function isFullFidelity(fields: readonly KeyField[]): boolean {
  return !fields.some(({ name }) => name === "fidelity");
}

function contentOfKey(key: StepKey): ContentDigest | undefined {
  const field = key.fields.find(({ name, kind }) => name === "content" && kind === "digest");
  if (field?.kind !== "digest") return undefined;
  const content = field.value as ContentDigest;
  return contentKey(content).digest === key.digest ? content : undefined;
}

/** The key under which an export has what is in a cache mount; whatever numbers its owners have on one host, they are
 * those that commands see. */
export function mountKey({ id, mode, uid, gid }: CacheMount, base: ContentDigest | undefined): StepKey {
  return stepKey([
    keyField("operation", "string", "cache mount"),
    keyField("id", "string", id),
    keyField("mode", "number", mode),
    keyField("uid", "number", uid),
    keyField("gid", "number", gid),
    ...(base === undefined ? [] : [keyField("begins with", "digest", base)]),
  ]);
}

import {
  assembleIndex,
  type Descriptor,
  type Digest,
  decodeIndex,
  kindOfMediaType,
  type StoredDocument,
} from "@oci-build/oci";
import { putManifest } from "../put-manifest.js";
import { findManifest } from "../read-manifest.js";
import type { RequestOptions, ResolveOptions } from "../repository.js";
import type { RepositoryContext } from "../repository-context.js";
import { referenceOf, referrersTag } from "./subject.js";

/** Adds a manifest to the list of its subject's referrers, where the registry keeps none itself. */
export async function addReferrer(
  context: RepositoryContext,
  document: StoredDocument,
  options: RequestOptions,
): Promise<void> {
  const change: ListChange = (listed, descriptor) =>
    listed.some(({ digest }) => digest === descriptor.digest) ? listed : [...listed, descriptor];
  await changeReferrers(context, document, { ...options, change });
}

/** Takes a manifest out of the list of its subject's referrers. */
export async function removeReferrer(
  context: RepositoryContext,
  document: StoredDocument,
  options: RequestOptions,
): Promise<void> {
  const change: ListChange = (listed, descriptor) => {
    const left = listed.filter(({ digest }) => digest !== descriptor.digest);
    return left.length === listed.length ? listed : left;
  };
  await changeReferrers(context, document, { ...options, change });
}

/** What the list under a subject's tag has. */
export async function taggedReferrers(
  context: RepositoryContext,
  subject: Digest,
  options: ResolveOptions,
): Promise<readonly Descriptor[]> {
  const found = await findManifest(context, referrersTag(subject), options);
  if (found === undefined || kindOfMediaType(found.descriptor.mediaType) !== "index") return [];
  return decodeIndex(found.bytes).manifests;
}

/** Gives the list with, or without, what refers; the very same list where nothing changes. */
type ListChange = (listed: readonly Descriptor[], referrer: Descriptor) => readonly Descriptor[];

/** Reads the list of what a manifest refers to, if it does, changes it and writes it again. Two processes that do so at once may lose one change, which the
 * protocol has no means against; within a client they wait for each other. */
async function changeReferrers(
  context: RepositoryContext,
  document: StoredDocument,
  { change, ...options }: RequestOptions & { readonly change: ListChange },
): Promise<void> {
  const reference = referenceOf(document);
  if (reference === undefined) return;
  const { subject, descriptor } = reference;
  const write = async (): Promise<void> => {
    const listed = await taggedReferrers(context, subject, { ...options, purpose: "write" });
    const changed = change(listed, descriptor);
    if (changed === listed) return;
    await putManifest(context, assembleIndex(changed), { ...options, target: referrersTag(subject) });
  };
  await context.known.alone(context.name, subject, { change: write, signal: options.signal });
}

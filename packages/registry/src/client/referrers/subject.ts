import {
  type Descriptor,
  type Digest,
  decodeIndex,
  decodeManifest,
  digestHex,
  kindOfMediaType,
  type StoredDocument,
} from "@oci-build/oci";

/** What a document refers to, and how the list of its referrers names it; undefined when it refers to nothing. */
export interface Reference {
  readonly subject: Digest;
  readonly descriptor: Descriptor;
}

/** Reads from a manifest what it refers to. Most say nothing of the kind and are not decoded for it. */
export function referenceOf({ descriptor, bytes }: StoredDocument): Reference | undefined {
  if (!bytes.includes('"subject"')) return undefined;
  const isIndex = kindOfMediaType(descriptor.mediaType) === "index";
  const document = isIndex ? decodeIndex(bytes) : decodeManifest(bytes);
  if (document.subject === undefined) return undefined;
  const ownType = document.artifactType;
  const artifactType = ownType ?? ("config" in document ? document.config.mediaType : undefined);
  const { mediaType, digest, size } = descriptor;
  return {
    subject: document.subject.digest,
    descriptor: {
      mediaType,
      digest,
      size,
      ...(artifactType === undefined ? {} : { artifactType }),
      ...(document.annotations === undefined ? {} : { annotations: document.annotations }),
    },
  };
}

/** The tag under which a registry that does not know referrers keeps the list of them.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema */
export function referrersTag(subject: Digest): string {
  return `sha256-${digestHex(subject)}`;
}

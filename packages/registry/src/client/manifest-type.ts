import { decodeIndex, decodeManifest, kindOfMediaType, mediaTypes } from "@oci-build/oci";

/** What a manifest's bytes are: a media type, or why they are none that is understood. */
export type ManifestType = { readonly mediaType: string } | { readonly refused: string };

/** What is said of a form that nothing here reads. */
const SCHEMA_ONE = "Docker's schema 1";

/** The members that tell the kinds of manifests apart. */
interface Members {
  readonly schemaVersion?: unknown;
  readonly mediaType?: unknown;
  readonly manifests?: unknown;
  readonly config?: unknown;
}

/** The media type of a manifest's bytes, checked against their form. The document's own word counts more than the
 * header's, which some servers make up; but the two may not name different kinds, since that is how one set of bytes
 * would be two images.
 * @throws OciBuildError OCI_DOCUMENT_INVALID
 * @see https://github.com/opencontainers/distribution-spec/security/advisories/GHSA-mc8v-mgrf-8f4m */
export function manifestType(bytes: Uint8Array, header: string, what: string): ManifestType {
  const members = parsedMembers(bytes);
  if (members.schemaVersion === 1) return { refused: SCHEMA_ONE };
  const stated = typeof members.mediaType === "string" ? members.mediaType : undefined;
  const mediaType = stated ?? (isKnown(header) ? header : typeByMembers(members));
  const kind = kindOfMediaType(mediaType);
  if (isKnown(header) && kindOfMediaType(header) !== kind)
    return { refused: `${mediaType} sent as ${header}` };
  if (kind === "index") decodeIndex(bytes, what);
  else if (kind === "manifest") decodeManifest(bytes, what);
  else return { refused: mediaType };
  return { mediaType };
}

/** Whether an answer says that it is of Docker's first form, whose digest does not cover all of its bytes. */
export function refusedByHeader(header: string): string | undefined {
  return header.startsWith("application/vnd.docker.distribution.manifest.v1+") ? SCHEMA_ONE : undefined;
}

/** Text that is no object has no members; the decoder then says what is wrong with it. */
function parsedMembers(bytes: Uint8Array): Members {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    return typeof value === "object" && value !== null ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function typeByMembers({ manifests, config }: Members): string {
  return manifests !== undefined && config === undefined ? mediaTypes.imageIndex : mediaTypes.imageManifest;
}

function isKnown(mediaType: string): boolean {
  const kind = kindOfMediaType(mediaType);
  return kind === "index" || kind === "manifest";
}

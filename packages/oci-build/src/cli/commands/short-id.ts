/** As many digits of a digest as Docker shows. */
const SHORT_ID_LENGTH = 12;

/** The beginning of a digest, as people tell images and records apart. */
export function shortId(digest: string): string {
  return digest.slice("sha256:".length, "sha256:".length + SHORT_ID_LENGTH);
}

/** `scheme://user:password@` and `scheme://token@`; not the digest of `oci-layout://folder@sha256:…`. */
const URL_CREDENTIALS = /(?<=\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]+(?=@(?!sha256:[0-9a-f]{64}\b))/gi;
/** `user:password@host`, as people put before a registry; not the digest of `name:tag@sha256:…`. */
const HOST_CREDENTIALS = /(?<=(?:^|[\s"'=,(])[\w.+-]+:)[^\s/@"':]+(?=@(?!sha\d+:)[\w-]+(?:[.:]|\/|$))/g;

/** Text with the credentials in its addresses masked, character for character, so that places in it stay right. */
export function redact(text: string): string {
  return text.replace(URL_CREDENTIALS, mask).replace(HOST_CREDENTIALS, mask);
}

function mask(secret: string): string {
  return "*".repeat(secret.length);
}

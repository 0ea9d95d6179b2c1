/** The address that a text is, or undefined. */
export function parseUrl(text: string, base?: URL): URL | undefined {
  return URL.canParse(text, base?.toString()) ? new URL(text, base) : undefined;
}

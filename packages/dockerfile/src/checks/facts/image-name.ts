const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const domainPart = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const domainPattern = new RegExp(`^(?:${domainPart}(?:\\.${domainPart})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const pathPattern = new RegExp(`^${component}(?:/${component})*$`);
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const bareDigest = /^[a-f0-9]{64}$/;

/** Most characters of the name without tag and digest. */
const nameMaxLength = 255;

/** The parts of an image reference. */
export interface ImageName {
  /** With its registry, as written. */
  readonly name: string;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}

/** Takes an image reference apart; undefined for a text that is none.
 * @see https://github.com/distribution/reference/blob/v0.6.0/reference.go */
export function parseImageName(text: string): ImageName | undefined {
  if (bareDigest.test(text)) return undefined;
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const tagged = at < 0 ? text : text.slice(0, at);
  const colon = tagged.indexOf(":", tagged.lastIndexOf("/") + 1);
  const tag = colon < 0 ? undefined : tagged.slice(colon + 1);
  const name = colon < 0 ? tagged : tagged.slice(0, colon);
  if (name.length > nameMaxLength || !isName(name)) return undefined;
  if (tag !== undefined && !tagPattern.test(tag)) return undefined;
  if (digest !== undefined && !digestPattern.test(digest)) return undefined;
  return { name, tag, digest };
}

function isName(name: string): boolean {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  if (!isDomain(first)) return pathPattern.test(name);
  return domainPattern.test(first) && pathPattern.test(name.slice(slash + 1));
}

/** What stands before the first slash is a registry if no path could look like it. */
function isDomain(first: string): boolean {
  return /[.:]/.test(first) || first === "localhost" || first.toLowerCase() !== first;
}

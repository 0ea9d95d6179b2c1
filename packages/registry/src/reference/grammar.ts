const alphanumeric = "[a-z0-9]+";
const separator = "(?:[._]|__|-+)";
const component = `${alphanumeric}(?:${separator}${alphanumeric})*`;
const hostComponent = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
const hostName = `${hostComponent}(?:\\.${hostComponent})*`;
const ipv6Address = "\\[[A-Fa-f0-9:]+\\]";

/** Path components of lower-case letters and digits, parted inside by one dot, one or two underscores, or dashes. */
export const repositoryPattern: RegExp = new RegExp(`^${component}(?:/${component})*$`);

/** A host name, an IPv4 address or a bracketed IPv6 address without zone, and a port. */
export const registryPattern: RegExp = new RegExp(`^(?:${hostName}|${ipv6Address})(?::[0-9]+)?$`);

export const tagPattern: RegExp = /^\w[\w.-]*$/;

/** Any digest that the grammar admits, of whatever algorithm. */
export const digestPattern: RegExp = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[A-Fa-f0-9]{32,}$/;

/** 64 hex digits alone: Docker reads them as an image id, so no repository may be called so. */
export const identifierPattern: RegExp = /^[a-f0-9]{64}$/;

/** Characters of the repository path, the registry not counted. */
export const REPOSITORY_MAX_LENGTH = 255;

export const TAG_MAX_LENGTH = 128;

/** A host name of 253 characters, a port, a repository, a tag and a digest make 716. */
export const REFERENCE_MAX_LENGTH = 1024;

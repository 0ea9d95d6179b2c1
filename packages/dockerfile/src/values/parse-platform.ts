/** A platform as written, its parts not normalised. */
export interface PlatformSpec {
  /** Operating system, or alone an architecture, which only the caller can tell. */
  readonly parts: readonly string[];
  /** What stands in parentheses behind the operating system. */
  readonly osVersion?: string | undefined;
}

const platformPattern = /^([A-Za-z0-9_.-]+)(?:\(([A-Za-z0-9_.-]*)\))?((?:\/[A-Za-z0-9_.-]+){0,2})$/;

/** The parts of `os[(version)][/arch[/variant]]`; undefined for a text that is no platform.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md#image-index-property-descriptions */
export function parsePlatform(text: string): PlatformSpec | undefined {
  const match = platformPattern.exec(text);
  if (match === null) return undefined;
  const [, first = "", osVersion, rest = ""] = match;
  const parts = [first, ...rest.split("/").slice(1)];
  return osVersion === undefined ? { parts } : { parts, osVersion };
}

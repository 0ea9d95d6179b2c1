import { ociError } from "../errors.js";
import type { Annotations } from "./descriptor.js";

/** The annotations under which an entry of `index.json` has its name. */
export const annotationNames = {
  refName: "org.opencontainers.image.ref.name",
  fullName: "io.containerd.image.name",
} as const;

/** The parts of an image's full name. */
export interface ImageName {
  /** The whole of it: `docker.io/library/app:1.0`. */
  readonly full: string;
  /** As Docker's user says it: `app:1.0`. */
  readonly familiar: string;
  readonly tag: string;
}

/** The longest name before its tag, as distribution/reference has it. */
const REPOSITORY_MAX_CHARS = 255;

/** The first component is a host only if it has a dot or a port or is localhost; else Docker reads it otherwise. */
const host =
  /^(?:localhost|(?=[^/]*[.:])(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\]))(?::\d+)?$/;
const pathComponent = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tagForm = /^\w[\w.-]{0,127}$/;

/** The parts of a full name with a tag: host, path and tag, nothing left to a default.
 * @throws OciBuildError OCI_IMAGE_NAME_INVALID */
export function parseImageName(name: string): ImageName {
  const colon = name.lastIndexOf(":");
  const slash = name.indexOf("/");
  const [repository, tag] = [name.slice(0, colon), name.slice(colon + 1)];
  const path = repository.slice(slash + 1);
  const valid =
    slash > 0 &&
    colon > slash &&
    repository.length <= REPOSITORY_MAX_CHARS &&
    host.test(name.slice(0, slash)) &&
    path.split("/").every((component) => pathComponent.test(component)) &&
    tagForm.test(tag);
  if (!valid) throw invalidName(name);
  return { full: name, familiar: familiarName(name), tag };
}

/** The full name of an image as Docker's users and `manifest.json` say it: `app:1.0` is `docker.io/library/app:1.0`.
 * @throws OciBuildError OCI_IMAGE_NAME_INVALID */
export function parseFamiliarName(name: string): ImageName {
  const slash = name.indexOf("/");
  if (slash === -1) return parseImageName(`docker.io/library/${name}`);
  return parseImageName(host.test(name.slice(0, slash)) ? name : `docker.io/${name}`);
}

/** How `index.json` carries a name: the tag alone is what the image-spec calls a reference, the whole is containerd's.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md#pre-defined-annotation-keys */
export function nameAnnotations({ full, tag }: ImageName): Annotations {
  return { [annotationNames.fullName]: full, [annotationNames.refName]: tag };
}

function familiarName(name: string): string {
  const onHub = name.startsWith("docker.io/") ? name.slice("docker.io/".length) : name;
  const rest = onHub.slice("library/".length);
  return onHub !== name && onHub.startsWith("library/") && !rest.includes("/") ? rest : onHub;
}

function invalidName(name: string): Error {
  const told = name.slice(0, REPOSITORY_MAX_CHARS);
  return ociError("OCI_IMAGE_NAME_INVALID", {
    message: `not a full image name with a tag: ${JSON.stringify(told)}`,
    data: { name: told },
    hint: "Give host, path and tag, such as docker.io/library/app:1.0.",
  });
}

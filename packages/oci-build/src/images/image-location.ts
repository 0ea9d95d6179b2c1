import { type Digest, parseDigest } from "@oci-build/oci";
import { formatReference, parseReference, type Reference } from "@oci-build/registry";
import { buildError } from "../errors.js";

/** How images lie in a file or folder. What a `path` is shows when it is opened; to be written it is an archive when it
 * ends in `.tar`, else a layout. */
type FileForm = "oci-layout" | "oci-archive" | "docker-archive" | "path";

/** Where an image is, or is to be. */
export type ImageLocation =
  /** A name: whoever reads it decides whether the local store or a registry is meant. */
  | { readonly kind: "name"; readonly text: string; readonly reference: Reference }
  /** What an image's config or manifest begins with in hex: an image of the local store. */
  | { readonly kind: "id"; readonly text: string }
  | { readonly kind: "registry"; readonly reference: Reference }
  | {
      readonly kind: "file";
      readonly form: FileForm;
      readonly path: string;
      /** A tag, a name or a digest; undefined for the only image there. */
      readonly target: string | undefined;
    };

const TRANSPORTS: ReadonlyMap<string, FileForm | "registry"> = new Map<string, FileForm | "registry">([
  ["docker", "registry"],
  ["docker-image", "registry"],
  ["registry", "registry"],
  ["oci", "oci-layout"],
  ["oci-layout", "oci-layout"],
  ["oci-archive", "oci-archive"],
  ["docker-archive", "docker-archive"],
]);

/** Transports of skopeo that are not had here. */
const UNSUPPORTED: ReadonlySet<string> = new Set([
  "containers-storage",
  "dir",
  "docker-daemon",
  "ostree",
  "sif",
  "tarball",
]);

const TRANSPORT = /^([a-z][a-z0-9-]*):(\/\/)?(.*)$/s;
const PATH = /^(?:[./\\]|[A-Za-z]:[\\/])/;
const ID = /^(?:sha256:)?[0-9a-f]{12,64}$/;
const BARE_DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Reads what a user calls an image by.
 *
 * `docker://NAME` is in a registry. `oci-layout://FOLDER[:TAG][@DIGEST]`, skopeo's `oci:FOLDER[:TAG]`,
 * `oci-archive:FILE[:TAG]` and `docker-archive:FILE[:NAME]` are files, with or without `//`; so is what begins with `.`
 * or `/` or ends in `.tar`. In a file's name the first colon begins the tag. Everything else is a name, or the ID of an
 * image of the local store.
 * @throws OciBuildError IMAGE_LOCATION_INVALID, REGISTRY_REFERENCE_INVALID
 * @see https://github.com/containers/image/blob/v5.29.2/docs/containers-transports.5.md */
export function parseImageLocation(text: string): ImageLocation {
  if (PATH.test(text)) return fileLocation("path", text, text);
  const [, transport = "", slashes, rest = ""] = TRANSPORT.exec(text) ?? [];
  const known = TRANSPORTS.get(transport);
  if (known === "registry" && slashes !== undefined) {
    return { kind: "registry", reference: parseReference(rest) };
  }
  if (known !== undefined && known !== "registry") return fileLocation(known, rest, text);
  if (UNSUPPORTED.has(transport) || slashes !== undefined) {
    throw invalid(text, `images cannot be had from ${transport}:`);
  }
  if (text.endsWith(".tar")) return { kind: "file", form: "path", path: text, target: undefined };
  // A name of hex digits alone is looked for as a name first; 64 of them cannot be one.
  if (BARE_DIGEST.test(text) || /^[0-9a-f]{64}$/.test(text)) return { kind: "id", text };
  return { kind: "name", text, reference: parseReference(text) };
}

/** Whether a name may also be the beginning of an image's ID. */
export function mayBeId(text: string): boolean {
  return ID.test(text);
}

/** A location as it is told of: names in full, without credentials. */
export function formatLocation(location: ImageLocation): string {
  switch (location.kind) {
    case "id":
      return location.text;
    case "name":
    case "registry":
      return formatReference(withTag(location.reference));
    case "file": {
      const { form, path, target } = location;
      const mark = target?.startsWith("sha256:") === true ? "@" : ":";
      return `${form === "path" ? "" : `${form}:`}${path}${target === undefined ? "" : mark + target}`;
    }
  }
}

/** A reference that names something: a missing tag is `latest`. */
export function withTag(reference: Reference): Reference {
  if (reference.tag !== undefined || reference.digest !== undefined) return reference;
  return { ...reference, tag: "latest" };
}

/** The digest that a file's target is, if it is one. */
export function targetDigest(target: string | undefined): Digest | undefined {
  return target !== undefined && BARE_DIGEST.test(target) ? parseDigest(target) : undefined;
}

function fileLocation(form: FileForm, place: string, text: string): ImageLocation {
  const at = place.lastIndexOf("@sha256:");
  const [named, digest] = at < 0 ? [place, undefined] : [place.slice(0, at), place.slice(at + 1)];
  if (digest !== undefined && !BARE_DIGEST.test(digest)) throw invalid(text, `not a digest: ${digest}`);
  // The colon of a drive is none of a tag's.
  const colon = named.indexOf(":", /^[A-Za-z]:[\\/]/.test(named) ? 2 : 0);
  const [path, tag] = colon < 0 ? [named, undefined] : [named.slice(0, colon), named.slice(colon + 1)];
  if (path === "") throw invalid(text, "it names no path");
  if (tag === "") throw invalid(text, "it names no tag behind its colon");
  return { kind: "file", form, path, target: digest ?? tag };
}

function invalid(location: string, problem: string): Error {
  return buildError("IMAGE_LOCATION_INVALID", {
    message: `${location}: ${problem}`,
    data: { location, problem },
    hint: "Write a name, docker://NAME, oci-layout://FOLDER:TAG, oci-archive:FILE, docker-archive:FILE or a path.",
  });
}

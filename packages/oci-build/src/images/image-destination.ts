import {
  formatReference,
  parseTaggedReference,
  type Reference,
  type TaggedReference,
} from "@oci-build/registry";
import { buildError } from "../errors.js";
import { formatLocation, parseImageLocation, targetDigest, withTag } from "./image-location.js";

/** How a file is written: `docker` is for tools that know nothing but `docker save`, and holds one platform. */
type WrittenForm = "layout" | "archive" | "docker";

/** Where an image is to be put. */
export type ImageDestination =
  | { readonly kind: "store"; readonly name: string }
  | { readonly kind: "registry"; readonly reference: Reference }
  | {
      readonly kind: "file";
      readonly form: WrittenForm;
      readonly path: string;
      /** A full name; undefined keeps those that the image has. */
      readonly name: string | undefined;
      /** A tag alone, as the image-spec has it. */
      readonly tag: string | undefined;
    };

const FORMS = { "oci-layout": "layout", "oci-archive": "archive", "docker-archive": "docker" } as const;

/** Reads where an image is to be put, in the words of `parseImageLocation`.
 * @throws OciBuildError IMAGE_LOCATION_INVALID, REGISTRY_REFERENCE_INVALID */
export function parseDestination(text: string, bareName: "store" | "registry"): ImageDestination {
  const location = parseImageLocation(text);
  switch (location.kind) {
    case "id":
      throw unwritable(text, DIGEST_CHOSEN);
    case "registry":
      return registryDestination(text, location.reference);
    case "name":
      if (bareName === "registry" || location.reference.digest !== undefined) {
        return registryDestination(text, location.reference);
      }
      return { kind: "store", name: formatReference(parseTaggedReference(text)) };
    case "file": {
      const { path, target, form } = location;
      if (targetDigest(target) !== undefined) {
        throw unwritable(text, DIGEST_CHOSEN);
      }
      const written = form === "path" ? (path.endsWith(".tar") ? "archive" : "layout") : FORMS[form];
      return { kind: "file", form: written, path, ...fileNames(target, written) };
    }
  }
}

const DIGEST_CHOSEN = "an image's digest follows from what it is, and cannot be chosen";

function registryDestination(text: string, reference: Reference): ImageDestination {
  if (reference.digest !== undefined) throw unwritable(text, DIGEST_CHOSEN);
  return { kind: "registry", reference: withTag(reference) };
}

/** A destination as it is told of. */
export function formatDestination(destination: ImageDestination): string {
  switch (destination.kind) {
    case "store":
      return destination.name;
    case "registry":
      return `docker://${formatLocation({ kind: "registry", reference: destination.reference })}`;
    case "file":
      return destination.path;
  }
}

function fileNames(
  target: string | undefined,
  form: WrittenForm,
): { readonly name: string | undefined; readonly tag: string | undefined } {
  if (target === undefined) return { name: undefined, tag: undefined };
  const isTagAlone = form !== "docker" && !/[/:]/.test(target);
  if (isTagAlone) return { name: undefined, tag: target };
  const reference: TaggedReference = parseTaggedReference(target);
  return { name: formatReference(reference), tag: undefined };
}

function unwritable(location: string, problem: string): Error {
  return buildError("IMAGE_LOCATION_INVALID", {
    message: `${location}: ${problem}`,
    data: { location, problem },
    hint: "Name a tag instead.",
  });
}

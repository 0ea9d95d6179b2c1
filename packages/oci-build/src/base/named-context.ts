import { isOciBuildError } from "@oci-build/oci";
import { familiarName, parseReference } from "@oci-build/registry";
import { buildError } from "../errors.js";
import { type ContextFolder, contextFolder } from "../input/context-folder.js";
import type { VirtualContext } from "../options/build-options.js";
import type { FileImage } from "./file-origin.js";

/** What a name of the Dockerfile stands for instead of an image or a stage of that name. */
export type NamedContext =
  | { readonly kind: "folder"; readonly folder: ContextFolder }
  | { readonly kind: "file"; readonly image: FileImage }
  | { readonly kind: "image"; readonly reference: string }
  | { readonly kind: "scratch" };

/** Contexts by the name that `--build-context` gives them, as Docker shows it: `alpine`, `example.com/app:1`. */
export type NamedContexts = ReadonlyMap<string, NamedContext>;

const SCHEME = /^([a-z][a-z0-9+-]*):\/\/(.*)$/s;
const OPTION = "--build-context";

/** Reads all named contexts; folders must exist.
 * @throws OciBuildError OPTION_INVALID, BUILD_CONTEXT_INVALID, REGISTRY_REFERENCE_INVALID */
export function namedContexts(given: Readonly<Record<string, string | VirtualContext>>): NamedContexts {
  return new Map(
    Object.entries(given).map(([name, value]): [string, NamedContext] => {
      const key = contextName(name);
      if (key === undefined) throw invalid(`${name} cannot be the name of a context`, name);
      return [key, typeof value === "string" ? readValue(value) : folderOf(value)];
    }),
  );
}

/** The context that a name stands for. An image's names are one in all their forms: `alpine` is
 * `docker.io/library/alpine:latest`. */
export function findContext(contexts: NamedContexts, name: string): NamedContext | undefined {
  if (contexts.size === 0) return undefined;
  const key = contextName(name);
  return key === undefined ? undefined : contexts.get(key);
}

/** As BuildKit compares names of contexts: without the registry and tag that are assumed. */
export function contextName(name: string): string | undefined {
  try {
    return familiarName(parseReference(name)).replace(/:latest$/, "");
  } catch (error) {
    if (isOciBuildError(error, "REGISTRY_REFERENCE_INVALID")) return undefined;
    throw error;
  }
}

function readValue(value: string): NamedContext {
  const [, scheme, rest = ""] = SCHEME.exec(value) ?? [];
  switch (scheme) {
    case undefined:
      return folderOf(value);
    case "docker-image":
      return rest === "scratch" ? { kind: "scratch" } : imageOf(rest);
    case "oci-layout":
      return { kind: "file", image: fileImage("oci-layout", rest, value) };
    case "oci-archive":
    case "docker-archive":
      return { kind: "file", image: fileImage("oci-archive", rest, value) };
    default:
      throw invalid(`a context from ${scheme}:// is not supported: ${value}`, value);
  }
}

function folderOf(value: string | VirtualContext): NamedContext {
  return { kind: "folder", folder: contextFolder(value) };
}

function imageOf(reference: string): NamedContext {
  parseReference(reference);
  return { kind: "image", reference };
}

/** `PATH[:TAG][@DIGEST]`; the colon of a drive is none of a tag's. */
function fileImage(kind: FileImage["kind"], text: string, value: string): FileImage {
  const at = text.lastIndexOf("@sha256:");
  const [place, digest] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw invalid(`not a digest: ${digest}`, value);
  }
  const tagged = /^(.+?):([^/\\:]+(?::[^/\\:]+)?)$/s.exec(place);
  const isDrive = /^[a-z]$/i.test(tagged?.[1] ?? "");
  const [path, tag] = tagged === null || isDrive ? [place, undefined] : [tagged[1] ?? place, tagged[2]];
  if (path === "") throw invalid(`${value} names no path`, value);
  return { kind, path, target: digest ?? tag };
}

function invalid(problem: string, value: string): Error {
  return buildError("OPTION_INVALID", {
    message: `${OPTION}: ${problem}`,
    data: { option: OPTION, value },
    hint: "Write name=folder, name=docker-image://IMAGE, name=oci-layout://FOLDER:TAG or name=oci-archive://FILE.",
  });
}

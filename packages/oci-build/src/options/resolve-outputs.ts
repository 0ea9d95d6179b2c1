import path from "node:path";
import type { Writable } from "node:stream";
import {
  formatReference,
  parseReference,
  parseTaggedReference,
  type RepositoryName,
} from "@oci-build/registry";
import { buildError } from "../errors.js";
import type { BuildOutput } from "./build-options.js";

/** An output with nothing left open. Names are full and have a tag. */
export type ResolvedOutput =
  | ResolvedArchive
  | ResolvedFiles
  | { readonly kind: "load"; readonly context: string | undefined; readonly names: readonly string[] }
  | { readonly kind: "push"; readonly targets: readonly PushTarget[] }
  | { readonly kind: "store"; readonly names: readonly string[] };

/** A tarball or folder. */
export interface ResolvedArchive {
  readonly kind: "archive";
  readonly dest: string | Writable;
  readonly form: "tar" | "folder";
  readonly names: readonly string[];
}

/** The files of an image, without the image. */
export type ResolvedFiles =
  | { readonly kind: "files"; readonly dest: string; readonly form: "folder" }
  | { readonly kind: "files"; readonly dest: string | Writable; readonly form: "tar" };

/** A repository and the tags that the image gets there; by digest alone where there are none. */
export interface PushTarget extends RepositoryName {
  readonly tags: readonly string[];
}

/** What outputs say besides where they go. */
export interface ResolvedOutputs {
  readonly outputs: readonly ResolvedOutput[];
  /** All names that the image gets, once each. */
  readonly names: readonly string[];
  /** Registries that outputs call insecure. */
  readonly insecure: readonly string[];
}

/** What outputs fall back to. */
export interface OutputDefaults {
  /** As given. */
  readonly tags: readonly string[];
  readonly file: string;
}

/** Fills in names and places.
 * Differs: an image that is pushed is not kept in the store unless that is asked for, so that a push never downloads a
 * base.
 * Differs: an output's own names win over tags; with buildx the tags win, so that several outputs cannot differ.
 * @throws OciBuildError OPTION_INVALID, REGISTRY_REFERENCE_INVALID */
export function resolveOutputs(
  given: BuildOutput | readonly BuildOutput[] | undefined,
  defaults: OutputDefaults,
): ResolvedOutputs {
  const asked: readonly BuildOutput[] = isList(given) ? given : [given ?? { type: "oci" }];
  const outputs = asked.flatMap((output) => resolved(output, defaults));
  checkPlaces(outputs);
  return {
    outputs,
    names: [...new Set([...fullNames(defaults.tags), ...outputs.flatMap(namesOf)])],
    insecure: [...new Set(asked.flatMap((output) => insecureOf(output, defaults)))],
  };
}

function isList(given: BuildOutput | readonly BuildOutput[] | undefined): given is readonly BuildOutput[] {
  return Array.isArray(given);
}

function resolved(output: BuildOutput, { tags, file }: OutputDefaults): readonly ResolvedOutput[] {
  if (output.type === "none") return [];
  if (output.type === "local") return [{ kind: "files", dest: output.dest, form: "folder" }];
  if (output.type === "tar") return [{ kind: "files", dest: output.dest, form: "tar" }];
  const names = output.names ?? tags;
  if (output.type === "registry") return [pushOf(names, output.pushByDigest)];
  if (output.type === "image") {
    const { push = false, store = !push, pushByDigest } = output;
    return [...(store ? [storeOf(names)] : []), ...(push ? [pushOf(names, pushByDigest)] : [])];
  }
  const full = fullNames(names);
  if (output.type === "docker" && output.dest === undefined) {
    return [{ kind: "load", context: output.context, names: full }];
  }
  const form = output.tar === false ? "folder" : "tar";
  return [{ kind: "archive", dest: output.dest ?? file, form, names: full }];
}

function storeOf(names: readonly string[]): ResolvedOutput {
  if (names.length === 0) throw nameless("an image of the local store");
  return { kind: "store", names: fullNames(names) };
}

/** Names of one repository are one target, so that its layers are looked at once. */
function pushOf(names: readonly string[], byDigest: boolean | undefined): ResolvedOutput {
  if (names.length === 0) throw nameless("a push");
  const targets = new Map<string, PushTarget>();
  for (const name of names) {
    const { registry, repository, tag } = byDigest === true ? untagged(name) : parseTaggedReference(name);
    const key = formatReference({ registry, repository });
    const tags = [...(targets.get(key)?.tags ?? []), ...(tag === undefined ? [] : [tag])];
    targets.set(key, { registry, repository, tags: [...new Set(tags)] });
  }
  return { kind: "push", targets: [...targets.values()] };
}

function untagged(name: string): RepositoryName & { readonly tag?: undefined } {
  const { registry, repository, tag, digest } = parseReference(name);
  if (tag === undefined && digest === undefined) return { registry, repository };
  throw buildError("OPTION_INVALID", {
    message: `${name}: what is pushed by digest has no tag`,
    data: { option: "push-by-digest", value: name },
    hint: "Leave the tag out.",
  });
}

function nameless(what: string): Error {
  return buildError("OPTION_INVALID", {
    message: `${what} needs a name, and none is given`,
    data: { option: "--tag", value: "" },
    hint: "Name the image with --tag, or with name= in the output.",
  });
}

/** The file that an output writes and replaces as a whole. */
export function fileOf(output: ResolvedOutput): string | undefined {
  if (output.kind !== "archive" && output.kind !== "files") return undefined;
  return output.form === "tar" && typeof output.dest === "string" ? output.dest : undefined;
}

/** Whether an output goes to a stream, which cannot be begun anew. */
export function goesToStream(output: ResolvedOutput): boolean {
  return (output.kind === "archive" || output.kind === "files") && typeof output.dest !== "string";
}

/** Two outputs at one place would end up mixed, or only one of them would be there.
 * @throws OciBuildError OPTION_INVALID */
function checkPlaces(outputs: readonly ResolvedOutput[]): void {
  const places = new Set<string | Writable>();
  for (const output of outputs) {
    if (output.kind !== "archive" && output.kind !== "files") continue;
    const place = typeof output.dest === "string" ? path.resolve(output.dest) : output.dest;
    if (places.has(place)) {
      const value = typeof place === "string" ? place : "-";
      throw buildError("OPTION_INVALID", {
        message: `two outputs go to ${typeof place === "string" ? place : "the same stream"}`,
        data: { option: "--output", value },
      });
    }
    places.add(place);
  }
}

function insecureOf(output: BuildOutput, { tags }: OutputDefaults): readonly string[] {
  if ((output.type !== "image" && output.type !== "registry") || output.insecure !== true) return [];
  return (output.names ?? tags).map((name) => parseReference(name).registry);
}

function fullNames(names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => formatReference(parseTaggedReference(name))))];
}

/** The names that an output gives to the image; without a tag where it is pushed by digest. */
function namesOf(output: ResolvedOutput): readonly string[] {
  if (output.kind === "files") return [];
  if (output.kind !== "push") return output.names;
  return output.targets.flatMap(({ tags, ...name }) =>
    tags.length === 0 ? [formatReference(name)] : tags.map((tag) => formatReference({ ...name, tag })),
  );
}

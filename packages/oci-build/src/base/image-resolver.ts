import type { Platform } from "@oci-build/oci";
import { isOciBuildError, OciBuildError } from "@oci-build/oci";
import { buildError, type Place } from "../errors.js";
import type { EmitEvent } from "../events/build-event.js";
import { formatPlatform } from "../plan/global-args.js";
import { type BaseImage, pinnedName } from "./base-image.js";
import { FileOrigin } from "./file-origin.js";
import type { FoundImage, ImageOrigin } from "./image-origin.js";
import { contextName, findContext, type NamedContext, type NamedContexts } from "./named-context.js";
import { toBaseImage } from "./to-base-image.js";

/** A name of the Dockerfile that is an image's, and where it stands. */
export interface WantedImage {
  readonly name: string;
  readonly platform: Platform;
  readonly place: Place;
  /** A stage that may have been meant. */
  readonly near?: string | undefined;
}

/** What resolving images needs. `origins` are asked in their order for what is no named context. */
export interface ImageResolverContext {
  readonly contexts: NamedContexts;
  readonly origins: readonly ImageOrigin[];
  readonly emit: EmitEvent;
}

/** What an image is known by in one build. */
export function imageKey(name: string, platform: Platform): string {
  return `${name} ${formatPlatform(platform)}`;
}

/** Finds the images of one build, each name once for a platform. */
export class ImageResolver implements AsyncDisposable {
  readonly #context: ImageResolverContext;
  readonly #images = new Map<string, Promise<BaseImage>>();
  readonly #files = new Map<string, FileOrigin>();

  constructor(context: ImageResolverContext) {
    this.#context = context;
  }

  /** @throws OciBuildError BASE_IMAGE_INVALID, BASE_IMAGE_MISSING, BASE_PLATFORM_MISSING and those of the origins, with
   *   the place in `data.place` */
  resolve(wanted: WantedImage): Promise<BaseImage> {
    const context = findContext(this.#context.contexts, wanted.name);
    const key = imageKey(imageName(wanted.name, context), wanted.platform);
    const known = this.#images.get(key);
    if (known !== undefined) return known;
    const resolving = this.#resolve(wanted, context);
    this.#images.set(key, resolving);
    return resolving;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#files.values()].map((origin) => origin[Symbol.asyncDispose]()));
  }

  async #resolve(
    { name, platform, place, near }: WantedImage,
    context: NamedContext | undefined,
  ): Promise<BaseImage> {
    const { emit } = this.#context;
    const startedMs = Date.now();
    const told = { name: toldName(name, context), platform: formatPlatform(platform) };
    emit({ type: "image.resolving", image: told });
    try {
      const found = await this.#find(name, context, platform);
      const image = toBaseImage(found);
      const durationMs = Date.now() - startedMs;
      emit({
        type: "image.resolved",
        image: told,
        digest: image.digest,
        pinned: pinnedName(image),
        durationMs,
      });
      return image;
    } catch (error) {
      throw atPlace(error, place, near);
    }
  }

  async #find(name: string, context: NamedContext | undefined, platform: Platform): Promise<FoundImage> {
    if (context?.kind === "file") return this.#inFile(name, context, platform);
    const reference = context?.kind === "image" ? context.reference : name;
    for (const origin of this.#context.origins) {
      const found = await origin.find(reference, platform);
      if (found !== undefined) return found;
    }
    throw buildError("BASE_IMAGE_MISSING", {
      message: `there is no image ${reference}`,
      data: { reference, available: [] },
    });
  }

  async #inFile(
    name: string,
    { image }: Extract<NamedContext, { kind: "file" }>,
    platform: Platform,
  ): Promise<FoundImage> {
    const key = contextName(name) ?? name;
    const origin = this.#files.get(key) ?? new FileOrigin(image);
    this.#files.set(key, origin);
    return origin.find(toldName(name, { kind: "file", image }), platform);
  }
}

/** What is the same for all names of one image: those that a context gives it, and those with and without what is
 * assumed. */
function imageName(name: string, context: NamedContext | undefined): string {
  const told = toldName(name, context);
  return context?.kind === "file" ? told : (contextName(told) ?? told);
}

/** A name as progress shows it: where a context stands for it, what that is. */
function toldName(name: string, context: NamedContext | undefined): string {
  if (context?.kind === "image") return context.reference;
  if (context?.kind !== "file") return name;
  const { kind, path, target } = context.image;
  const mark = target?.startsWith("sha256:") === true ? "@" : ":";
  return `${kind}://${path}${target === undefined ? "" : mark + target}`;
}

/** What a mistyped stage comes to: registries say so little of what is not there that it may also be a login. */
const MISSING_CODES: ReadonlySet<string> = new Set([
  "BASE_IMAGE_MISSING",
  "REGISTRY_FORBIDDEN",
  "REGISTRY_MANIFEST_MISSING",
  "REGISTRY_REFERENCE_INVALID",
  "REGISTRY_UNAUTHORIZED",
]);

/** An error with the place of what it is about, and what may have been meant. */
function atPlace(error: unknown, place: Place, near: string | undefined): unknown {
  if (!isOciBuildError(error) || "place" in error.data) return error;
  const { code, exitCode, message, cause, data } = error;
  const hint = near !== undefined && MISSING_CODES.has(code) ? `Did you mean the stage ${near}?` : error.hint;
  return new OciBuildError(code, exitCode, { message, hint, cause, data: { ...data, place } });
}

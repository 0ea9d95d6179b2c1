import { homedir } from "node:os";
import { type Cache, defaultCacheDir, type Lease, type OpenCacheOptions, openCache } from "@oci-build/cache";
import type { Platform } from "@oci-build/oci";
import type { RegistryClient } from "@oci-build/registry";
import type { EmitEvent } from "../events/build-event.js";
import { type RegistryChoices, registryChoices } from "../options/registry-choices.js";
import { hostPlatform, parsePlatform } from "../plan/parse-platform.js";
import { folderRemover } from "../solve/remove-folder.js";
import type { ImageAccess } from "./image-access.js";
import { imageHere } from "./image-here.js";
import { formatLocation, type ImageLocation, mayBeId, parseImageLocation } from "./image-location.js";
import { missingImage } from "./missing-image.js";
import { openFileImage } from "./open-file-image.js";
import { openRegistryImage } from "./open-registry-image.js";
import { openStoredId, openStoredImage } from "./open-stored-image.js";
import type { OpenedImage } from "./opened-image.js";

/** Where a bare name is looked for. */
export type NameLookUp = "store-then-registry" | "store" | "registry";

/** What work on images holds: the local store, and what speaks with registries, each opened when it is first needed. */
export class ImageSession implements AsyncDisposable {
  readonly #access: ImageAccess;
  readonly #whenMissing: OpenCacheOptions["whenMissing"];
  readonly #choices: RegistryChoices;
  readonly #emit: EmitEvent;
  #store: Promise<{ readonly cache: Cache; readonly lease: Lease }> | undefined;
  #client: Promise<RegistryClient> | undefined;

  /** `whenMissing` is for a local store that is not there: what only looks leaves it so.
   * @throws OciBuildError OPTION_INVALID */
  constructor(access: ImageAccess, whenMissing: OpenCacheOptions["whenMissing"] = "make") {
    this.#access = access;
    this.#whenMissing = whenMissing;
    this.#choices = registryChoices(access, []);
    this.#emit = (event) => {
      if (event.type !== "warning") return;
      const { code, message, hint } = event;
      access.onWarning?.({ code, message, hint });
    };
  }

  get signal(): AbortSignal | undefined {
    return this.#access.signal;
  }

  get emit(): EmitEvent {
    return this.#emit;
  }

  async cache(): Promise<Cache> {
    this.#store ??= this.#openStore();
    return (await this.#store).cache;
  }

  registries(): Promise<RegistryClient> {
    this.#client ??= this.#openClient();
    return this.#client;
  }

  /** The platform that a text means; this machine's, with Linux, for none.
   * @throws OciBuildError OPTION_INVALID */
  platform(text?: string): Platform {
    const host = hostPlatform(process.arch);
    return text === undefined || text === "" ? host : parsePlatform(text, host);
  }

  /** Opens an image by what a user calls it.
   * @throws OciBuildError IMAGE_MISSING, IMAGE_LOCATION_INVALID, IMAGE_AMBIGUOUS and those of its place */
  async open(name: string, lookUp: NameLookUp = "store-then-registry"): Promise<OpenedImage> {
    this.signal?.throwIfAborted();
    const location = parseImageLocation(name);
    switch (location.kind) {
      case "file":
        return openFileImage(location);
      case "registry":
        return this.#openRemote(location);
      case "id":
      case "name":
        return (await this.#openNamed(location, lookUp)) ?? this.#notFound(location);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await Promise.allSettled([this.#store, this.#client]);
    const [store, client] = opened;
    if (client.status === "fulfilled") await client.value?.close();
    if (store.status === "fulfilled") await store.value?.lease.release();
  }

  async #openNamed(
    location: Extract<ImageLocation, { kind: "id" | "name" }>,
    lookUp: NameLookUp,
  ): Promise<OpenedImage | undefined> {
    if (lookUp === "registry") return location.kind === "id" ? undefined : this.#openRemote(location);
    const cache = await this.cache();
    const stored =
      (location.kind === "name" ? await openStoredImage(location.reference, cache) : undefined) ??
      (mayBeId(location.text) ? await openStoredId(location.text, cache) : undefined);
    if (stored !== undefined || lookUp === "store" || location.kind === "id") return stored;
    await this.#refuseFile(location);
    return this.#openRemote(location);
  }

  async #openRemote({
    reference,
  }: Extract<ImageLocation, { kind: "name" | "registry" }>): Promise<OpenedImage> {
    return openRegistryImage(reference, await this.registries(), this.signal);
  }

  /** A name of Docker Hub's that is also a layout or a tar here was hardly meant for Docker Hub.
   * @throws OciBuildError IMAGE_MISSING */
  async #refuseFile({ text }: Extract<ImageLocation, { kind: "name" }>): Promise<void> {
    const file = await imageHere(text);
    if (file === undefined) return;
    throw missingImage(text, {
      problem: `the local store does not have it, and ${file} is a path here`,
      hint: `Write ./${text} for that, or docker://${text} for the one of a registry.`,
    });
  }

  #notFound(location: ImageLocation): never {
    throw missingImage(formatLocation(location), { problem: "the local store does not have it" });
  }

  async #openStore(): Promise<{ readonly cache: Cache; readonly lease: Lease }> {
    const { cacheDir, env = process.env, signal } = this.#access;
    const cache = await openCache({
      dir: cacheDir ?? defaultCacheDir(env, process.platform, homedir()),
      whenMissing: this.#whenMissing,
      signal,
      removeFolder: folderRemover(env),
      onWarning: ({ code, message }) => this.#emit({ type: "warning", code, message }),
    });
    return { cache, lease: await cache.lease() };
  }

  async #openClient(): Promise<RegistryClient> {
    const { openRegistries } = await import("../base/open-registries.js");
    return openRegistries(this.#choices, { emit: this.#emit, signal: this.signal });
  }
}

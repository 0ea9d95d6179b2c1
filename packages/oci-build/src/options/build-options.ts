import type { Writable } from "node:stream";
import type { Credentials, RegistrySettings } from "@oci-build/registry";
import type { ContextFileSystem, StatTrust } from "@oci-build/snapshot";
import type { BuildEvent } from "../events/build-event.js";
import type { CacheExportOption, CacheImportOption } from "./cache-options.js";
import type { RunOptions } from "./run-options.js";

/** A build context that is no folder on disk: any file system with the synchronous calls of `node:fs`, such as a
 * memfs volume. `root` is the context's folder in it, `/` by default. */
export interface VirtualContext {
  readonly fs: ContextFileSystem;
  readonly root?: string | undefined;
}

/** Where the image goes; paths are relative to the working directory, and the folder that a file goes to must exist.
 * `names` replace `BuildOptions.tags` in this output.
 *
 * - `oci`, `docker`: a tarball that is an OCI layout and that `docker load` reads too; `tar: false` writes a folder. A
 *   stream is not ended. `oci` without `dest` writes `<name>.oci.tar`; `docker` without `dest` loads the image into
 *   Docker, else into podman. A tarball that is what would be written, known by its stat as files of the context are, is
 *   left alone and keeps its time. A folder is always written again.
 * - `registry`: pushes. `pushByDigest` gives no tag. `insecure` is as naming the registries in `insecureRegistries`.
 * - `image`: keeps the image under its names in the local store, where FROM finds it, or pushes it with `push`, or both.
 * - `local`, `tar`: the files of the image without the image: into a folder, which is made where it is missing and keeps
 *   what else it holds, or as one tar. Files in a folder belong to whoever builds.
 * - `none`: nowhere; layers still get into the cache. */
export type BuildOutput =
  | ArchiveOutput
  | FilesOutput
  | LoadOutput
  | (RegistryOutput & { readonly type: "registry" })
  | (RegistryOutput & {
      readonly type: "image";
      readonly push?: boolean | undefined;
      /** Default: whether it is not pushed. */
      readonly store?: boolean | undefined;
    })
  | { readonly type: "none" };

/** See `BuildOutput`. */
export type ArchiveOutput = { readonly names?: readonly string[] | undefined } & (
  | { readonly type: "oci"; readonly dest?: string | undefined; readonly tar?: boolean | undefined }
  | { readonly type: "docker"; readonly dest: string; readonly tar?: boolean | undefined }
  | { readonly type: "oci" | "docker"; readonly dest: Writable; readonly tar?: true | undefined }
);

/** See `BuildOutput`. */
export type FilesOutput =
  | { readonly type: "local"; readonly dest: string }
  | { readonly type: "tar"; readonly dest: string | Writable };

/** See `BuildOutput`. With `context`, one of `docker context ls`, only Docker is asked. */
export interface LoadOutput {
  readonly type: "docker";
  readonly dest?: undefined;
  readonly context?: string | undefined;
  readonly names?: readonly string[] | undefined;
}

/** See `BuildOutput`. */
export interface RegistryOutput {
  readonly names?: readonly string[] | undefined;
  readonly pushByDigest?: boolean | undefined;
  readonly insecure?: boolean | undefined;
}

/** The compressions of a layer. zstd needs Node 22.15 or later. */
export type CompressionType = "gzip" | "zstd" | "uncompressed";

/** How the layers of this build are compressed. `level` is 0 to 9 for gzip (6 by default) and 1 to 22 for zstd (3).
 * What an earlier build made in another way is compressed anew; no step is run again for it. */
export interface LayerCompression {
  readonly type?: CompressionType | undefined;
  readonly level?: number | undefined;
}

/** How registries are spoken with, beyond `insecureRegistries` and `registryMirrors`. */
export interface RegistryOptions {
  /** What to log in with. Default: the logins of Docker's and podman's files and helpers. */
  readonly credentials?: Credentials | undefined;
  /** By name, as in references (`docker.io`, `localhost:5000`): over what `certs.d` of Docker and podman has. */
  readonly settings?: Readonly<Record<string, RegistrySettings>> | undefined;
}

/** What to build and how. The names are those of `docker buildx build`'s options. */
export interface BuildOptions extends RunOptions {
  /** A folder, or a virtual file system. Default: the working directory. */
  readonly context?: string | VirtualContext | undefined;
  /** The Dockerfile: a path (relative to the working directory; in a virtual context, inside it) or its text.
   * Default: `Dockerfile` in the context, else `dockerfile`. */
  readonly dockerfile?: string | { readonly text: string } | undefined;
  /** What names of the Dockerfile stand for, by name: a folder (or a virtual file system), `docker-image://NAME`,
   * `oci-layout://FOLDER[:TAG][@DIGEST]`, `oci-archive://FILE[:TAG]` or `docker-archive://FILE[:TAG]`. FROM and
   * `COPY --from` find them before images, and in the place of a stage of that name. A folder has an ignore file of its
   * own. */
  readonly buildContexts?: Readonly<Record<string, string | VirtualContext>> | undefined;
  /** Asks the registry also for images that have a name in the local store. */
  readonly pull?: boolean | undefined;
  /** What is done with the lock file beside the Dockerfile, `Dockerfile.lock`, which `lock` makes. "if-there", the
   * default: where there is one, images are those that it pins, and one that it does not have is an error; with `pull`,
   * so is one whose tag has moved. "required": no such file is an error, too. "never": it is not read. */
  readonly lockFile?: "if-there" | "required" | "never" | undefined;
  /** Asks no registry: what is not in the local store, by a name of its own or by the digest that the Dockerfile or the
   * lock file says, is an error. */
  readonly offline?: boolean | undefined;
  /** Registries that need not speak https, or whose certificates are not verified: `host`, `host:port` or a network of
   * addresses. `localhost` is tried with https, then with http, without being named. Logins are those of Docker's and
   * podman's files. */
  readonly insecureRegistries?: readonly string[] | undefined;
  /** Addresses such as `https://mirror.example:5000` that are asked before a registry, by its name: `docker.io`. */
  readonly registryMirrors?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly registry?: RegistryOptions | undefined;
  /** Names for the image, such as `app:1.0`; without a tag, `latest`. */
  readonly tags?: readonly string[] | undefined;
  /** The stage to build, by name. Default: the last. */
  readonly target?: string | undefined;
  readonly buildArgs?: Readonly<Record<string, string>> | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Annotations of the manifest, beside those that name the base; over them, where they have the same names. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** `os/architecture[/variant]` or an architecture. Default: linux on this machine's architecture. */
  readonly platform?: string | undefined;
  /** One or several, which are made in their order; the first that fails ends the build. Default: `<name>.oci.tar` in
   * the working directory, named after the first tag, else after the context's folder. */
  readonly output?: BuildOutput | readonly BuildOutput[] | undefined;
  /** Default: gzip. */
  readonly compression?: LayerCompression | undefined;
  /** Looks nothing up in the cache; what is built replaces what was there. */
  readonly noCache?: boolean | undefined;
  /** Looks nothing up for the steps of these stages, each named as in `failOnCacheMiss`; not with `noCache`. */
  readonly noCacheFilter?: readonly string[] | undefined;
  /** Tells of each step why it is, or is not, taken from the cache: in the event `step.explained` and in the result.
   * Costs a comparison with the last build for each step that misses. */
  readonly explain?: boolean | undefined;
  /** Ends the build with BUILD_CACHE_MISS before the first step is executed that is not in the cache: any step, or those
   * of one stage, by its name or index. */
  readonly failOnCacheMiss?: boolean | { readonly stage: string } | undefined;
  /** Whether a file of the context counts as unchanged when its stat (device, inode, size, mtime, ctime, mode) is as it
   * was when it was last hashed. "by-file-system", the default: where the file system is known to move ctime with every
   * change. "always": everywhere. "never": every file that the build needs is read. */
  readonly trustStat?: StatTrust | undefined;
  /** Default: OCI_BUILD_CACHE_DIR, else the platform's cache folder. */
  readonly cacheDir?: string | undefined;
  /** Bytes on disk that the cache may keep between builds; what was not used for longest goes first, looked at once a
   * day. Default: OCI_BUILD_CACHE_MAX_SIZE, else 10 GB or a tenth of the disk, whichever is less. */
  readonly cacheMaxSize?: number | "unlimited" | undefined;
  /** Where what this build used goes, for `cacheFrom` of other builds. */
  readonly cacheTo?: CacheExportOption | readonly CacheExportOption[] | undefined;
  /** What other builds have exported: what is found there is checked and taken into the cache. Asked in this order, after
   * the cache itself. */
  readonly cacheFrom?: CacheImportOption | readonly CacheImportOption[] | undefined;
  /** Gets the image ID as Docker and podman know it: the digest of the config, not of the manifest. */
  readonly iidFile?: string | undefined;
  /** Gets a JSON document with buildx's keys: see `BuildMetadata`. */
  readonly metadataFile?: string | undefined;
  /** Seconds since 1970: no time in the image is later. Default: SOURCE_DATE_EPOCH of the build arguments, else of
   * the environment. */
  readonly sourceDateEpoch?: number | undefined;
  /** Stops the build. It then rejects with BUILD_ABORTED, and nothing is left behind. */
  readonly signal?: AbortSignal | undefined;
  /** Told of everything that happens, in order, synchronously. */
  readonly onEvent?: ((event: BuildEvent) => void) | undefined;
  /** Variables that are read: OCI_BUILD_CACHE_DIR, OCI_BUILD_CACHE_MAX_SIZE, SOURCE_DATE_EPOCH, those of secrets,
   * SSH_AUTH_SOCK. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Arguments for proxies: they may be given without an ARG that declares them, and are then left out of cache keys and
 * history.
 * @see https://docs.docker.com/reference/dockerfile/#predefined-args */
const proxyArgs: readonly string[] = [
  "HTTP_PROXY",
  "http_proxy",
  "HTTPS_PROXY",
  "https_proxy",
  "FTP_PROXY",
  "ftp_proxy",
  "NO_PROXY",
  "no_proxy",
  "ALL_PROXY",
  "all_proxy",
];

/** Arguments that the builder sets in the global scope; a stage must declare them to see them.
 * @see https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope */
export const platformArgs: readonly string[] = [
  "TARGETPLATFORM",
  "TARGETOS",
  "TARGETOSVERSION",
  "TARGETARCH",
  "TARGETVARIANT",
  "TARGETSTAGE",
  "BUILDPLATFORM",
  "BUILDOS",
  "BUILDOSVERSION",
  "BUILDARCH",
  "BUILDVARIANT",
];

/** Arguments that steer BuildKit and are known without a declaration.
 * @see https://docs.docker.com/reference/dockerfile/#buildkit-built-in-build-args */
const buildKitArgs: readonly string[] = [
  "BUILDKIT_BUILD_NAME",
  "BUILDKIT_CACHE_MOUNT_NS",
  "BUILDKIT_CONTEXT_KEEP_GIT_DIR",
  "BUILDKIT_DOCKERFILE_CHECK",
  "BUILDKIT_INLINE_CACHE",
  "BUILDKIT_MULTI_PLATFORM",
  "BUILDKIT_SANDBOX_HOSTNAME",
  "BUILDKIT_SBOM_SCAN_CONTEXT",
  "BUILDKIT_SBOM_SCAN_STAGE",
  "BUILDKIT_SYNTAX",
  "SOURCE_DATE_EPOCH",
];

/** The arguments that need no ARG of the Dockerfile's own. */
export interface PredefinedArgs {
  readonly proxy: readonly string[];
  readonly platform: readonly string[];
  readonly buildKit: readonly string[];
}

/** All predefined arguments, by kind. */
export const predefinedArgs: PredefinedArgs = {
  proxy: proxyArgs,
  platform: platformArgs,
  buildKit: buildKitArgs,
};

import type { Descriptor } from "./descriptor.js";
import { kindOfMediaType } from "./media-types.js";
import type { Platform } from "./platform.js";

const ATTESTATION_MARK = "vnd.docker.reference.type";

const ARCHITECTURE_ALIASES: ReadonlyMap<string, string> = new Map([
  ["x86_64", "amd64"],
  ["x86-64", "amd64"],
  ["aarch64", "arm64"],
  ["armhf", "arm"],
  ["armel", "arm"],
  ["i386", "386"],
]);

const ARM_OLDEST = 5;
const ARM_DEFAULT = 7;
const ARM64_AS_ARM = 8;

/** The manifest of an index that fits a platform best, or undefined when none does. A machine also runs what was made
 * for earlier variants of its architecture, and amd64 runs 386, arm64 runs arm; what is nearest goes first, and of equal
 * ones the first. Attestations and artifacts are passed over; an entry without a platform is taken when nothing else
 * fits, since only its config could tell. What is found may be an index again.
 * @see https://github.com/containerd/platforms/blob/v1.0.0/compare.go */
export function choosePlatform(manifests: readonly Descriptor[], wanted: Platform): Descriptor | undefined {
  const accepted = acceptedPlatforms(normalized(wanted));
  let best: { readonly rank: number; readonly descriptor: Descriptor } | undefined;
  for (const descriptor of manifests) {
    const rank = rankOf(descriptor, accepted);
    if (rank !== undefined && (best === undefined || rank < best.rank)) best = { rank, descriptor };
  }
  return best?.descriptor;
}

/** How far a manifest is from what is wanted; undefined when it does not run there. */
function rankOf(descriptor: Descriptor, accepted: readonly Platform[]): number | undefined {
  const { platform, mediaType, annotations } = descriptor;
  const kind = kindOfMediaType(mediaType);
  if ((kind !== "manifest" && kind !== "index") || annotations?.[ATTESTATION_MARK] !== undefined)
    return undefined;
  if (platform === undefined) return accepted.length;
  const found = normalized(platform);
  const rank = accepted.findIndex((candidate) => runsOn(found, candidate));
  return rank < 0 ? undefined : rank;
}

function runsOn(found: Platform, wanted: Platform): boolean {
  return (
    found.os === wanted.os &&
    found.architecture === wanted.architecture &&
    found.variant === wanted.variant &&
    (wanted.os !== "windows" || isSameBuild(found["os.version"], wanted["os.version"]))
  );
}

/** Windows runs containers of its own build alone: `10.0.17763`; revisions do not matter. */
function isSameBuild(found: string | undefined, wanted: string | undefined): boolean {
  if (found === undefined || wanted === undefined) return true;
  const build = (version: string): string => version.split(".", 3).join(".");
  return build(found) === build(wanted);
}

/** The platforms that run where the wanted one runs, best first. */
function acceptedPlatforms(wanted: Platform): readonly Platform[] {
  const { architecture, variant } = wanted;
  const like = (other: string, version?: string): Platform => ({
    ...wanted,
    architecture: other,
    variant: version,
  });
  if (architecture === "amd64") {
    const versions = countDown(versionOf(variant) ?? 1, 1).map((version) =>
      version === 1 ? undefined : `v${version}`,
    );
    return [...versions.map((version) => like("amd64", version)), like("386")];
  }
  if (architecture === "arm") {
    const versions = countDown(versionOf(variant) ?? ARM_DEFAULT, ARM_OLDEST);
    return versions.length === 0 ? [wanted] : versions.map((version) => like("arm", `v${version}`));
  }
  if (architecture !== "arm64") return [wanted];
  const older = countDown(ARM64_AS_ARM, ARM_OLDEST).map((version) => like("arm", `v${version}`));
  return [wanted, ...(variant === undefined ? [] : [like("arm64")]), ...older];
}

/** The words that containerd compares: no aliases, and no variant where it says what is so anyway. */
function normalized(platform: Platform): Platform {
  const os = platform.os.toLowerCase();
  const given = platform.architecture.toLowerCase();
  const architecture = ARCHITECTURE_ALIASES.get(given) ?? given;
  const variant = normalVariant(
    architecture,
    platform.variant?.toLowerCase() ?? (given === "armel" ? "v6" : ""),
  );
  return { os: os === "macos" ? "darwin" : os, architecture, variant, "os.version": platform["os.version"] };
}

function normalVariant(architecture: string, variant: string): string | undefined {
  const text = /^\d/.test(variant) ? `v${variant}` : variant;
  if (architecture === "arm" && text === "") return `v${ARM_DEFAULT}`;
  if (architecture === "arm64" && text === "v8") return undefined;
  if (architecture === "amd64" && text === "v1") return undefined;
  return text === "" ? undefined : text;
}

function versionOf(variant: string | undefined): number | undefined {
  const digits = /^v(\d)$/.exec(variant ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function countDown(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(from - to + 1, 0) }, (_, index) => from - index);
}

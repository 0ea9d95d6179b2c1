import { type Digest, isOciBuildError, kindOfMediaType, parseDigest } from "@oci-build/oci";
import { buildError } from "../errors.js";
import { LOCK_VERSION } from "./format-lock.js";
import { type LockedImage, type LockedImages, lockedName } from "./locked-image.js";
import { isPlatformName } from "./platform-name.js";

const TABLE = /^\[image\."([^"\\]+)"\]$/;
const PAIR = /^(?:([a-z-]+)|platform\."([^"\\]+)")\s*=\s*(?:"([^"\\]*)"|(\d{1,9}))$/;
const CONFLICT = /^(?:<{7}|={7}|>{7})(?: |$)/;

interface Draft {
  readonly reference: string;
  readonly line: number;
  digest?: Digest;
  mediaType?: string;
  readonly platforms: Record<string, Digest>;
}

interface Reading {
  readonly label: string;
  line: number;
  version: number | undefined;
  readonly drafts: Map<string, Draft>;
  current: Draft | undefined;
}

/** Reads what `formatLock` writes: of TOML the tables, keys and comments that stand there, one a line, in any order.
 * `label` names the file in errors.
 * @throws OciBuildError LOCK_INVALID with the line, LOCK_VERSION_UNSUPPORTED */
export function parseLock(text: string, label: string): LockedImages {
  const reading: Reading = { label, line: 0, version: undefined, drafts: new Map(), current: undefined };
  for (const line of text.replace(/^\ufeff/, "").split("\n")) {
    reading.line += 1;
    readLine(line.trim(), reading);
  }
  if (reading.version === undefined) throw invalid({ label, line: 1 }, "it does not say its version");
  return new Map([...reading.drafts].map(([reference, draft]) => [reference, finished(draft, label)]));
}

function readLine(line: string, reading: Reading): void {
  if (line === "" || line.startsWith("#")) return;
  const table = TABLE.exec(line);
  if (table !== null) {
    beginImage(table[1] ?? "", reading);
    return;
  }
  const [match, key, platform, value, number] = PAIR.exec(line) ?? [];
  if (match === undefined) throw notUnderstood(line, reading);
  if (reading.current === undefined) readVersion(key, number, reading);
  else if (platform !== undefined) readPlatform(platform, value, reading, reading.current);
  else readMember(key ?? "", value, reading, reading.current);
}

function readVersion(key: string | undefined, number: string | undefined, reading: Reading): void {
  if (key !== "version") throw invalid(reading, `${key ?? "platform"} stands outside of an image`);
  if (reading.version !== undefined) throw invalid(reading, "the version stands there twice");
  const version = Number(number);
  if (number === undefined || version < 1) throw invalid(reading, "the version is no number from 1");
  if (version > LOCK_VERSION) throw newer(version, reading);
  reading.version = version;
}

function beginImage(name: string, reading: Reading): void {
  const reference = knownName(name);
  if (reference !== name) {
    const problem = "is not the full name of an image with a tag";
    throw invalid(reading, `${JSON.stringify(name)} ${problem}`);
  }
  if (reading.drafts.has(name)) throw invalid(reading, `${name} stands there twice`);
  reading.current = { reference, line: reading.line, platforms: {} };
  reading.drafts.set(reference, reading.current);
}

function readPlatform(platform: string, value: string | undefined, reading: Reading, image: Draft): void {
  if (!isPlatformName(platform)) throw invalid(reading, `${JSON.stringify(platform)} is no platform`);
  if (Object.hasOwn(image.platforms, platform)) throw invalid(reading, `${platform} stands there twice`);
  image.platforms[platform] = digestOf(value, reading);
}

function readMember(key: string, value: string | undefined, reading: Reading, image: Draft): void {
  if (key === "digest" && image.digest === undefined) image.digest = digestOf(value, reading);
  else if (key === "media-type" && image.mediaType === undefined) image.mediaType = typeOf(value, reading);
  else if (key === "digest" || key === "media-type") throw invalid(reading, `${key} stands there twice`);
  else throw invalid(reading, `an image has no ${key}`);
}

function finished({ reference, line, digest, mediaType, platforms }: Draft, label: string): LockedImage {
  if (digest === undefined) throw invalid({ label, line }, `${reference} has no digest`);
  if (mediaType === undefined) throw invalid({ label, line }, `${reference} has no media-type`);
  return { reference, digest, mediaType, platforms };
}

function knownName(name: string): string | undefined {
  try {
    return lockedName(name);
  } catch (error) {
    if (isOciBuildError(error, "REGISTRY_REFERENCE_INVALID")) return undefined;
    throw error;
  }
}

function digestOf(value: string | undefined, reading: Reading): Digest {
  if (value === undefined || !/^sha256:[0-9a-f]{64}$/.test(value)) {
    throw invalid(reading, "a digest is sha256: and 64 lower-case hex digits");
  }
  return parseDigest(value);
}

function typeOf(value: string | undefined, reading: Reading): string {
  const kind = kindOfMediaType(value ?? "");
  if (value !== undefined && (kind === "index" || kind === "manifest")) return value;
  throw invalid(reading, "the media-type is not one of an index or a manifest");
}

function notUnderstood(line: string, reading: Reading): Error {
  if (!CONFLICT.test(line)) return invalid(reading, "the line is not one that oci-build lock writes");
  const hint =
    "Resolve the conflict: keep the entries of both sides, or take one side and run oci-build lock.";
  return invalid(reading, "a merge conflict is left", hint);
}

/** Makes the error for a lock file that is not as it should be. */
function invalid(
  { label, line }: Pick<Reading, "label" | "line">,
  problem: string,
  hint: string = "Take it from version control, or remove it and run oci-build lock.",
): Error {
  return buildError("LOCK_INVALID", {
    message: `${label}:${line}: ${problem}`,
    data: { path: label, line, problem },
    hint,
  });
}

function newer(version: number, { label, line }: Reading): Error {
  return buildError("LOCK_VERSION_UNSUPPORTED", {
    message: `${label}:${line}: the lock file has version ${version}, and this oci-build reads up to ${LOCK_VERSION}`,
    data: { path: label, version, supported: LOCK_VERSION },
    hint: "Update oci-build.",
  });
}

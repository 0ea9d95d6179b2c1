import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../build-folder.js";

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;

/** Runs skopeo and gives what it wrote. Its policy is to trust anything: signatures are not what is tested. */
export async function skopeo(...args: readonly string[]): Promise<string> {
  const { stdout } = await run("skopeo", ["--insecure-policy", ...args], {
    timeout: TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/** How skopeo speaks with a registry of the tests. */
export interface SkopeoAccess {
  /** File of the authority to trust; without one http, or any certificate. */
  readonly authority?: string | undefined;
  /** `NAME:PASSWORD` */
  readonly login?: string | undefined;
}

/** Copies between two places in skopeo's words: `docker://localhost:5000/app:1`, `oci:FOLDER:TAG`, `dir:FOLDER`. */
export async function skopeoCopy(
  source: string,
  target: string,
  { args = [], ...access }: SkopeoAccess & { readonly args?: readonly string[] } = {},
): Promise<void> {
  const sides = [
    ...(source.startsWith("docker:") ? accessFlags("--src-", access) : []),
    ...(target.startsWith("docker:") ? accessFlags("--dest-", access) : []),
  ];
  await skopeo("copy", "--quiet", ...sides, ...args, source, target);
}

/** A manifest's bytes as a registry has them. */
export async function skopeoRaw(image: string, access: SkopeoAccess = {}): Promise<string> {
  return await skopeo("inspect", "--raw", ...accessFlags("--", access), image);
}

/** All that skopeo copies of an image, by digest, in order. */
export async function skopeoDigests(image: string, access: SkopeoAccess = {}): Promise<readonly string[]> {
  const folder = temporaryFolder();
  await skopeoCopy(image, `dir:${folder}`, { ...access, args: ["--all"] });
  const files = fs.readdirSync(folder).filter((name) => name !== "version");
  const digests = files.map((name) => {
    const hash = createHash("sha256").update(fs.readFileSync(path.join(folder, name)));
    return `sha256:${hash.digest("hex")}`;
  });
  return [...new Set(digests)].sort();
}

function accessFlags(prefix: string, { authority, login }: SkopeoAccess): readonly string[] {
  return [
    ...(authority === undefined
      ? [`${prefix}tls-verify=false`]
      : [`${prefix}cert-dir`, path.dirname(authority)]),
    ...(login === undefined ? [] : [`${prefix}creds`, login]),
  ];
}

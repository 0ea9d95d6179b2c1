import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeOnce } from "../../build/projects/make-once.mjs";
import { packImage } from "./pack-image.mjs";

/** Images to run on, each an OCI layout. @typedef {Readonly<Record<"small" | "debian" | "large", Base>>} Bases */

/** `bytes` is what its files take when they are unpacked, about.
 * @typedef {{ readonly name: string, readonly layout: string, readonly bytes: number }} Base */

const MB = 1e6;
const SIZES = {
  whole: { small: 10 * MB, large: 1000 * MB },
  tiny: { small: 3 * MB, large: 6 * MB },
};
const FILLER_BYTES = 100_000;
const FILES_PER_FOLDER = 500;
/** What `sh -c true` needs of a Debian, or of a busybox: the shell, the loader and the C library, and all links above. */
const NEEDED = [
  /^(?:usr|bin|sbin|lib|lib32|lib64|etc|tmp|root)\/?$/,
  /^(?:usr\/)?(?:bin|lib|lib64)\/?$/,
  /^(?:usr\/)?bin\/(?:sh|dash|true|busybox)$/,
  /^(?:usr\/)?lib(?:64)?\/(?:[^/]+-linux-gnu[^/]*\/?)?(?:ld-[^/]+|libc\.so[^/]*)?$/,
  /^etc\/(?:passwd|group)$/,
];
const LISTING_MAX_BYTES = 64 * 1024 ** 2;

/** Makes three bases out of a tar of a root file system: that itself, one with its shell alone, and one that is large;
 * generated files bring these two to their sizes. They stay in the folder.
 * @param {{ readonly tar: string, readonly folder: string, readonly scratch: string,
 *   readonly size: "whole" | "tiny" }} options
 * @returns {Promise<Bases>} */
export async function makeBases({ tar, folder, scratch, size }) {
  const { size: tarBytes, mtimeMs } = statSync(tar);
  const recipe = JSON.stringify([1, size, tarBytes, mtimeMs]);
  const { small, large } = SIZES[size];
  const make = async (
    /** @type {string} */ name,
    /** @type {number} */ bytes,
    /** @type {Maker} */ tarsOf,
  ) => {
    const layout = join(folder, `base-${size}-${name}`);
    await makeOnce(layout, recipe, async (temporary) => {
      const work = join(scratch, name);
      mkdirSync(work);
      await packImage(temporary, tarsOf(work));
      rmSync(work, { recursive: true });
    });
    return { name, layout, bytes };
  };
  return {
    small: await make("small", small, (work) => [smallTar(tar, work, small)]),
    debian: await make("debian", tarBytes, () => [tar]),
    large: await make("large", Math.max(large, tarBytes), (work) => [tar, fillerTar(work, large - tarBytes)]),
  };
}

/** @typedef {(work: string) => readonly string[]} Maker */

/** @param {string} tar @param {string} work @param {number} bytes */
function smallTar(tar, work, bytes) {
  const root = join(work, "root");
  mkdirSync(root);
  const listing = execFileSync("tar", ["-tf", tar], { encoding: "utf8", maxBuffer: LISTING_MAX_BYTES });
  const names = listing.split("\n").filter((name) => {
    const path = name.replace(/^\.\//, "");
    return NEEDED.some((pattern) => pattern.test(path));
  });
  // Names of folders bring nothing of what lies in them.
  execFileSync("tar", ["-xf", tar, "-C", root, "--no-recursion", "-T", "-"], { input: names.join("\n") });
  fill(root, bytes - bytesBelow(root));
  return packed(root, join(work, "small.tar"));
}

/** @param {string} work @param {number} bytes */
function fillerTar(work, bytes) {
  const root = join(work, "filler");
  mkdirSync(root);
  fill(root, bytes);
  return packed(root, join(work, "filler.tar"));
}

/** Files that differ, of text that compresses to nearly nothing: what a base weighs is what it unpacks to.
 * @param {string} root @param {number} bytes */
function fill(root, bytes) {
  for (let index = 0; index * FILLER_BYTES < bytes; index += 1) {
    const folder = join(root, `opt/filler/part-${Math.floor(index / FILES_PER_FOLDER)}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file-${index}`), Buffer.alloc(FILLER_BYTES, `file ${index} of the filler\n`));
  }
}

/** @param {string} root */
function bytesBelow(root) {
  return Number(execFileSync("du", ["-sb", root], { encoding: "utf8" }).split("\t")[0]);
}

/** @param {string} root @param {string} tar */
function packed(root, tar) {
  execFileSync("tar", [
    "--numeric-owner",
    "--owner=0",
    "--group=0",
    "--sort=name",
    "-cf",
    tar,
    "-C",
    root,
    ".",
  ]);
  return tar;
}

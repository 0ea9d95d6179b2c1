import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const LISTING_MAX_BYTES = 1024 ** 3;

/** How many files, folders and links a gzipped tar of a folder holds, the folder itself not counted.
 * @param {string} archive */
export function countTarEntries(archive) {
  return listTar(archive).length;
}

/** How many files, folders and links the layers of an image hold below a folder, each path once.
 * @param {string} archive A tar that is an OCI layout. @param {string} below Such as `app`. @param {string} scratch */
export function countImageEntries(archive, below, scratch) {
  const layout = mkdtempSync(join(scratch, "layout-"));
  try {
    execFileSync("tar", ["-xf", archive, "-C", layout]);
    const index = JSON.parse(readFileSync(join(layout, "index.json"), "utf8"));
    const manifest = JSON.parse(readFileSync(blobPath(layout, index.manifests[0].digest), "utf8"));
    const paths = new Set();
    for (const layer of /** @type {{ digest: string }[]} */ (manifest.layers))
      for (const path of listTar(blobPath(layout, layer.digest)))
        if (path.startsWith(`${below}/`)) paths.add(path);
    return paths.size;
  } finally {
    rmSync(layout, { recursive: true, force: true });
  }
}

/** @param {string} layout @param {string} digest */
function blobPath(layout, digest) {
  return join(layout, "blobs", digest.replace(":", "/"));
}

/** Paths without `./`, `/` before and `/` behind. @param {string} archive */
function listTar(archive) {
  return execFileSync("tar", ["-tf", archive], {
    encoding: "utf8",
    maxBuffer: LISTING_MAX_BYTES,
    stdio: ["ignore", "pipe", "ignore"],
  })
    .split("\n")
    .map((path) => path.replace(/^(?:\.?\/)+|\/$/g, ""))
    .filter((path) => path !== "" && path !== ".");
}

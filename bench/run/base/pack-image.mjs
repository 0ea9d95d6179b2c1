import { createHash } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

/** The tag of the only image of a layout that is packed here. */
export const TAG = "base";

const OCI = "application/vnd.oci.image";
const CREATED = "2024-01-01T00:00:00Z";
/** As in the images that Debian publishes. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Packs tars, the lowest first, as an image in an OCI layout, without any code of ours.
 * @param {string} folder @param {readonly string[]} tars */
export async function packImage(folder, tars) {
  mkdirSync(join(folder, "blobs/sha256"), { recursive: true });
  const layers = [];
  for (const tar of tars) layers.push(await putLayer(folder, tar));
  const config = putJson(folder, `${OCI}.config.v1+json`, {
    ...{ created: CREATED, os: "linux", architecture: process.arch === "x64" ? "amd64" : process.arch },
    config: { Env: [`PATH=${PATH}`], Cmd: ["sh"] },
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map((_, at) => ({ created: CREATED, created_by: `layer ${at + 1} of the benchmark` })),
  });
  const mediaType = `${OCI}.manifest.v1+json`;
  const manifest = putJson(folder, mediaType, {
    ...{ schemaVersion: 2, mediaType, config },
    layers: layers.map(({ descriptor }) => descriptor),
  });
  const annotations = { "org.opencontainers.image.ref.name": TAG };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  writeFileSync(join(folder, "index.json"), JSON.stringify(index));
  writeFileSync(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
}

/** The files of its layers, the lowest first, gzipped tars. @param {string} folder @returns {readonly string[]} */
export function layerFiles(folder) {
  const { manifests } = JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));
  const { layers } = JSON.parse(readFileSync(blobPath(folder, manifests[0].digest), "utf8"));
  return layers.map((/** @type {{ readonly digest: string }} */ { digest }) => blobPath(folder, digest));
}

/** @param {string} folder @param {string} tar */
async function putLayer(folder, tar) {
  const file = join(folder, "layer");
  const raw = createHash("sha256");
  const stored = createHash("sha256");
  let size = 0;
  await pipeline(
    createReadStream(tar),
    new PassThrough().on("data", (chunk) => raw.update(chunk)),
    createGzip({ level: 1 }),
    new PassThrough().on("data", (chunk) => {
      stored.update(chunk);
      size += chunk.length;
    }),
    createWriteStream(file),
  );
  const digest = `sha256:${stored.digest("hex")}`;
  renameSync(file, blobPath(folder, digest));
  return {
    diffId: `sha256:${raw.digest("hex")}`,
    descriptor: { mediaType: `${OCI}.layer.v1.tar+gzip`, digest, size },
  };
}

/** @param {string} folder @param {string} mediaType @param {object} document */
function putJson(folder, mediaType, document) {
  const bytes = Buffer.from(JSON.stringify(document));
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  writeFileSync(blobPath(folder, digest), bytes);
  return { mediaType, digest, size: bytes.length };
}

/** @param {string} folder @param {string} digest */
function blobPath(folder, digest) {
  return join(folder, "blobs", digest.replace(":", "/"));
}

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";

/** A registry on this machine with one empty image, for builders that want a base and a registry to pull it from.
 * @returns {Promise<{ address: string, close: () => void }>} */
export async function startBaseRegistry() {
  const blobs = emptyImage();
  const server = createServer((request, response) => {
    const name = request.url?.split("/").at(-1) ?? "";
    const found = blobs.get(name === "1" ? "manifest" : name);
    if (found === undefined) return void response.writeHead(404).end();
    response.writeHead(200, {
      "content-type": found.type,
      "content-length": found.bytes.length,
      "docker-content-digest": digestOf(found.bytes),
    });
    response.end(request.method === "HEAD" ? undefined : found.bytes);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    address: `http://127.0.0.1:${port}/v2/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const DOCKER = "application/vnd.docker";

/** @typedef {{ readonly type: string, readonly bytes: Buffer }} Served */

/** One layer without members. @returns {ReadonlyMap<string, Served>} By digest, the manifest also by that word. */
function emptyImage() {
  const tar = Buffer.alloc(1024);
  const layer = { type: `${DOCKER}.image.rootfs.diff.tar.gzip`, bytes: gzipSync(tar) };
  const config = json(`${DOCKER}.container.image.v1+json`, {
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    os: "linux",
    config: {},
    history: [{ created: "1970-01-01T00:00:00Z", created_by: "empty" }],
    rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
  });
  const manifest = json(`${DOCKER}.distribution.manifest.v2+json`, {
    schemaVersion: 2,
    mediaType: `${DOCKER}.distribution.manifest.v2+json`,
    config: descriptor(config),
    layers: [descriptor(layer)],
  });
  return new Map([
    ["manifest", manifest],
    ...[layer, config, manifest].map((served) => /** @type {const} */ ([digestOf(served.bytes), served])),
  ]);
}

/** @param {string} type @param {object} value @returns {Served} */
function json(type, value) {
  return { type, bytes: Buffer.from(JSON.stringify(value)) };
}

/** @param {Served} served */
function descriptor({ type, bytes }) {
  return { mediaType: type, digest: digestOf(bytes), size: bytes.length };
}

/** @param {Buffer} bytes */
function digestOf(bytes) {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

// pull.mjs HOST CACHE
import { openCache } from "../../../packages/cache/dist/index.js";
import { createRegistryClient, fetchBlobs, readImage } from "../../../packages/registry/dist/index.js";

const [registry, dir] = process.argv.slice(2);
const cache = await openCache({ dir });
const client = createRegistryClient();
const repository = client.repository({ registry, repository: "app" });
const { imageManifest } = await readImage(repository, "latest", {
  platform: { os: "linux", architecture: "amd64" },
});
await fetchBlobs(repository, [imageManifest.config, ...imageManifest.layers], { sink: cache.blobs });
await client.close();

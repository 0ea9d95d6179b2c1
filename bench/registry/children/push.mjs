// push.mjs LAYOUT HOST
import { openImageLayout } from "../../../packages/oci/dist/index.js";
import { createRegistryClient, pushImage } from "../../../packages/registry/dist/index.js";

const [layout, registry] = process.argv.slice(2);
const source = await openImageLayout(layout);
const [root] = (await source.index()).manifests;
const client = createRegistryClient();
await pushImage(client.repository({ registry, repository: "app" }), {
  blobs: source,
  root,
  tags: ["latest"],
});
await client.close();
await source.close();

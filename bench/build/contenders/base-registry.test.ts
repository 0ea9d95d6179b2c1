import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startBaseRegistry } from "./base-registry.mjs";

let registry: Awaited<ReturnType<typeof startBaseRegistry>> | undefined;
beforeAll(async () => {
  registry = await startBaseRegistry();
});
afterAll(() => registry?.close());

const fetchBytes = async (path: string): Promise<Buffer> => {
  const response = await fetch(`${registry?.address}empty/${path}`);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
};
const digestOf = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

it("serves one image whose digests, sizes and diffID are right", async () => {
  const manifest = JSON.parse((await fetchBytes("manifests/1")).toString()) as {
    readonly config: Descriptor;
    readonly layers: readonly [Descriptor];
  };
  const config = await fetchBytes(`blobs/${manifest.config.digest}`);
  const layer = await fetchBytes(`blobs/${manifest.layers[0].digest}`);
  expect({ digest: digestOf(config), size: config.length }).toEqual({
    digest: manifest.config.digest,
    size: manifest.config.size,
  });
  expect({ digest: digestOf(layer), size: layer.length }).toEqual({
    digest: manifest.layers[0].digest,
    size: manifest.layers[0].size,
  });
  expect(JSON.parse(config.toString())).toMatchObject({
    rootfs: { diff_ids: [digestOf(gunzipSync(layer))] },
  });
});

it("answers 404 to anything else", async () => {
  const response = await fetch(`${registry?.address}other/manifests/latest`);
  expect(response.status).toBe(404);
});

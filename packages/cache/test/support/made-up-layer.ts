import { createHash } from "node:crypto";
import { digestOf, type LayerWritten, parseDiffId, type TreeEntry } from "@oci-build/oci";
import type { WriteLayer } from "../../src/index.js";

/** A layer with one file in its tree, whose blob and tar are just the given bytes. */
export function madeUpLayer(text: string): LayerWritten {
  const bytes = Buffer.from(text);
  const digest = digestOf(bytes);
  const diffId = parseDiffId(`sha256:${createHash("sha256").update("tar of ").update(bytes).digest("hex")}`);
  const key = `${createHash("sha256").update(bytes).digest("hex")}-made-up`;
  return {
    mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
    digest,
    size: bytes.length,
    diffId,
    uncompressedSize: bytes.length * 3,
    segments: [
      { key, compression: "gzip", rawOffset: 0, rawSize: 3, rawCrc32: 7, offset: 10, size: 2, digest },
    ],
    tree: { diffId, entries: [fileEntry("app/main.js")] },
    work: { segmentsReused: 0, segmentsCompressed: 1, bytesReused: 0, bytesCompressed: 3 },
  };
}

/** What `cache.writeLayer` takes to write it. */
export function writes(text: string): WriteLayer {
  return async (sink) => {
    await sink(Buffer.from(text));
    return madeUpLayer(text);
  };
}

/** A file of a tree. */
export function fileEntry(path: string): TreeEntry {
  const meta = { path, mode: 0o644, uid: 0, gid: 0, mtimeSec: 1_700_000_000 };
  return { type: "file", ...meta, size: 3, digest: digestOf(path), dataOffset: 512 };
}

import type { LayerWritten, OciBuildError, SegmentSource } from "../src/index.js";

/** Segments of layers in memory, and what was told of those that could not be used. */
export function memorySegments(
  ...layers: readonly (Pick<LayerWritten, "segments"> & { readonly blob: Buffer })[]
): SegmentSource & { readonly rejections: readonly OciBuildError[] } {
  const rejections: OciBuildError[] = [];
  return {
    rejections,
    find: (key) => {
      for (const { segments, blob } of layers) {
        const segment = segments.find((one) => one.key === key);
        if (segment === undefined) continue;
        const { offset, size } = segment;
        return { ...segment, read: async () => Buffer.from(blob.subarray(offset, offset + size)) };
      }
      return undefined;
    },
    findPrefix: (name) =>
      layers
        .flatMap(({ segments }) => segments)
        .find(({ key, filePrefix }) => name === `${filePrefix?.slice(7)}${key.slice(key.indexOf("-"))}`),
    rejected: (_, error) => void rejections.push(error),
  };
}

import type { HistoryEntry, ImageConfig } from "@oci-build/oci";

/** What a base image tells of how it was made, so that it counts its layers: entries of layers that it does not have
 * are said to have none, and layers without an entry get one. As BuildKit does, times and texts stay.
 * Differs: BuildKit puts missing entries behind the new ones; here they stand with the base's. */
export function baseHistory(
  { history = [], created }: Pick<ImageConfig, "history" | "created">,
  layerCount: number,
): readonly HistoryEntry[] {
  let counted = 0;
  const kept = history.map((entry): HistoryEntry => {
    if (entry.empty_layer === true) return entry;
    counted += 1;
    return counted > layerCount ? { ...entry, empty_layer: true } : entry;
  });
  const missing = Math.max(layerCount - counted, 0);
  return [...kept, ...Array.from({ length: missing }, (): HistoryEntry => ({ created }))];
}

/** When the newest part of a base image was made, in seconds, or undefined where it does not say. */
export function baseCreatedSec({
  history = [],
  created,
}: Pick<ImageConfig, "history" | "created">): number | undefined {
  const times = [...history.map((entry) => entry.created), created].flatMap((text) => {
    const timeMs = Date.parse(text ?? "");
    return Number.isNaN(timeMs) ? [] : [Math.floor(timeMs / 1000)];
  });
  return times.length === 0 ? undefined : Math.max(...times);
}

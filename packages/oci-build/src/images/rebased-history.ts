import type { HistoryEntry, ImageConfig } from "@oci-build/oci";
import { baseHistory } from "../image/base-history.js";

/** What a history belongs to, and how many layers that has. */
export interface CountedConfig {
  readonly config: Pick<ImageConfig, "created" | "history">;
  readonly layers: number;
}

/** The new base's history, and behind it what is the image's own: what does not belong to the old base's layers, or to
 * the instructions behind them that the old base tells of as well. */
export function rebasedHistory(
  image: CountedConfig,
  { oldBase, newBase }: { readonly oldBase: CountedConfig; readonly newBase: CountedConfig },
): readonly HistoryEntry[] {
  const own = historyOf(image);
  return [...historyOf(newBase), ...own.slice(ownStart(own, oldBase))];
}

function historyOf({ config, layers }: CountedConfig): readonly HistoryEntry[] {
  return baseHistory(config, layers);
}

/** Where the image's own entries begin. */
function ownStart(history: readonly HistoryEntry[], base: CountedConfig): number {
  let layers = 0;
  let index = 0;
  while (index < history.length && layers < base.layers) {
    if (history[index]?.empty_layer !== true) layers += 1;
    index += 1;
  }
  const below = historyOf(base);
  while (index < history.length && isSame(history[index], below[index])) index += 1;
  return index;
}

function isSame(a: HistoryEntry | undefined, b: HistoryEntry | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.created_by === b.created_by && a.created === b.created && a.empty_layer === b.empty_layer;
}

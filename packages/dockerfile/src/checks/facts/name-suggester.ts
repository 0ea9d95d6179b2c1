import { nearest } from "../../diagnostics/nearest.js";

/** Bounds of the search for a similar name, which is not linear: searches in a file, names looked at, and length. */
const searchesMax = 50;
const candidatesMax = 200;
const nameMaxLength = 48;

/** Finds the candidate that is spelled almost like a name. */
export type SuggestName = (name: string, candidates: Iterable<string>) => string | undefined;

/** A search that gives up after a fixed amount of work for a whole Dockerfile. */
export function nameSuggester(): SuggestName {
  let searchesLeft = searchesMax;
  return (name, candidates) => {
    if (searchesLeft === 0 || name.length > nameMaxLength) return undefined;
    searchesLeft -= 1;
    const list: string[] = [];
    for (const candidate of candidates) {
      if (list.length === candidatesMax) break;
      if (candidate.length <= nameMaxLength + 2) list.push(candidate);
    }
    return nearest(name, list);
  };
}

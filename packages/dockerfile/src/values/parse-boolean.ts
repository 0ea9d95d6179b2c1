const words: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "TRUE", "true", "True"].map((word) => [word, true] as const),
  ...["0", "f", "F", "FALSE", "false", "False"].map((word) => [word, false] as const),
]);

/** A boolean as Go's `strconv.ParseBool` reads it, undefined for other words. Mount options use this; flags of
 * instructions know only `true` and `false`. */
export function parseBoolean(text: string): boolean | undefined {
  return words.get(text);
}

/** A boolean as Go's `strconv.ParseBool` reads it, undefined for other words. Mount options use this; flags of
 * instructions know only `true` and `false`. */
export function parseBoolean(text: string): boolean | undefined {
  if (/^(?:1|[tT]|true|True|TRUE)$/.test(text)) return true;
  return /^(?:0|[fF]|false|False|FALSE)$/.test(text) ? false : undefined;
}

/** What Go's `strings.TrimSpace` cuts off: Unicode's White_Space. Unlike `String.trim` it takes U+0085 and leaves U+FEFF. */
const edges = /^\p{White_Space}+|\p{White_Space}+$/gu;

/** The text without white space at both ends, as Go trims it. */
export function trimSpace(text: string): string {
  return text.replace(edges, "");
}

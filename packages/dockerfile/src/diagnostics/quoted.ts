/** A text of others as messages show it, in quotes and without control characters. */
export function quoted(text: string | undefined): string {
  return JSON.stringify(text);
}

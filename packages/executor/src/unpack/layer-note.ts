/** What is to be known of a layer to stack it, beside its files. */
export interface LayerNote {
  /** The directories that it has something in but does not describe, parents first: stacked on others they would hide
   * what those say of them. */
  readonly implied: readonly string[];
  /** Whether it hides all layers below it. */
  readonly hidesAll: boolean;
}

/** A note as a file's text. Names that are not UTF-8 come back as they were. */
export function formatLayerNote({ implied, hidesAll }: LayerNote): string {
  return JSON.stringify({ implied, hidesAll });
}

/** The note that `formatLayerNote` wrote.
 * @throws SyntaxError for anything else: the file is ours, and written before its folder gets its name */
export function parseLayerNote(text: string): LayerNote {
  const note = JSON.parse(text) as Partial<LayerNote>;
  if (!Array.isArray(note.implied) || typeof note.hidesAll !== "boolean")
    throw new SyntaxError("no layer note");
  return { implied: note.implied, hidesAll: note.hidesAll };
}

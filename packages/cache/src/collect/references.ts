/** How many records and images need each file of the store. */
export class References {
  readonly #counts = new Map<string, number>();

  add(paths: readonly string[]): void {
    for (const path of paths) this.#counts.set(path, (this.#counts.get(path) ?? 0) + 1);
  }

  /** Takes one need away, and gives the files that nobody needs any more. */
  drop(paths: readonly string[]): readonly string[] {
    for (const path of paths) this.#counts.set(path, (this.#counts.get(path) ?? 1) - 1);
    return paths.filter((path) => !this.has(path));
  }

  count(path: string): number {
    return this.#counts.get(path) ?? 0;
  }

  has(path: string): boolean {
    return this.count(path) > 0;
  }
}

/** What some records and images need. */
export function referencesOf(
  ...needing: readonly (readonly { readonly partPaths: readonly string[] }[])[]
): References {
  const references = new References();
  for (const { partPaths } of needing.flat()) references.add(partPaths);
  return references;
}

import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** Short names for the folders of layers: links in one folder, by which more than a hundred layers fit the one page that
 * mount(2) takes. */
export class LayerLinks {
  /** Overlays without an upper directory need two lower ones. They are empty, and their names no link's. */
  readonly empty: readonly [string, string] = ["A", "B"];
  readonly #folder: string;
  readonly #names = new Map<string, string>();

  /** Makes `folder`. */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { mode: 0o700 });
    for (const name of this.empty) mkdirSync(join(folder, name), { mode: 0o755 });
  }

  /** The name of the link to an absolute path. */
  name(path: string): string {
    const known = this.#names.get(path);
    if (known !== undefined) return known;
    const name = this.#names.size.toString(36);
    symlinkSync(path, join(this.#folder, name));
    this.#names.set(path, name);
    return name;
  }
}

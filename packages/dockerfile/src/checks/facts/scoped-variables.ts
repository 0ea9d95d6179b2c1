import type { Environment } from "../../expand/expand-options.js";

/** Longest value that is kept, in UTF-16 code units. Checks need the beginning of a path or the name of an image, and
 * `ENV a=$a$a` must not make their cost grow. */
const valueMaxLength = 256;

interface Change {
  readonly kind: "value" | "declaration";
  readonly name: string;
  readonly before: string | undefined;
}

/** The variables at one point of a Dockerfile. Changes can be taken back, so that stages on one base share its
 * variables without a copy for each. */
export class ScopedVariables implements Environment {
  private readonly values = new Map<string, string>();
  private readonly declared = new Set<string>();
  private readonly changes: Change[] = [];

  get(name: string): string | undefined {
    return this.values.get(name);
  }

  set(name: string, value: string): void {
    this.changes.push({ kind: "value", name, before: this.values.get(name) });
    this.values.set(name, value.slice(0, valueMaxLength));
  }

  /** Notes an ARG, which may have no value. */
  declare(name: string): void {
    if (this.declared.has(name)) return;
    this.changes.push({ kind: "declaration", name, before: undefined });
    this.declared.add(name);
  }

  isKnown(name: string): boolean {
    return this.values.has(name) || this.declared.has(name);
  }

  /** All known names, those with a value first. */
  *names(): Iterable<string> {
    yield* this.values.keys();
    yield* this.declared;
  }

  /** The present state, for `rollBack`. */
  mark(): number {
    return this.changes.length;
  }

  rollBack(mark: number): void {
    while (this.changes.length > mark) {
      const change = this.changes.pop();
      if (change === undefined) return;
      if (change.kind === "declaration") this.declared.delete(change.name);
      else if (change.before === undefined) this.values.delete(change.name);
      else this.values.set(change.name, change.before);
    }
  }
}

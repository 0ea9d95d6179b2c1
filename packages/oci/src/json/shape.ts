/** The rules of a document's form. `ambiguous` is a member that two readers would take differently. */
export type ShapeRule =
  | "document.json"
  | "document.required"
  | "document.type"
  | "document.format"
  | "document.value"
  | "document.ambiguous"
  | "document.limit";

/** One thing wrong in a document. `path` is a JSON pointer, `""` for the whole document;
 * `stated` is what the rule asks for, `found` what stands there. */
export interface ShapeProblem {
  readonly path: string;
  readonly rule: ShapeRule;
  readonly stated: string;
  readonly found: string;
}

/** Checks one value and notes all that is wrong with it. */
export type Shape = (value: unknown, path: string, problems: ShapeProblem[]) => void;

/** More problems of one document than this are counted as one: a hostile document must not fill the memory. */
const SHAPE_PROBLEMS_MAX = 1000;

/** Longer values are cut in a problem's `found`. */
const FOUND_MAX_CHARS = 100;

/** Notes a problem, up to the limit. */
export function note(problems: ShapeProblem[], problem: ShapeProblem): void {
  if (problems.length < SHAPE_PROBLEMS_MAX) problems.push(problem);
  else if (problems.length === SHAPE_PROBLEMS_MAX) {
    const stated = `at most ${SHAPE_PROBLEMS_MAX} problems in a document`;
    problems.push({ path: "", rule: "document.limit", stated, found: "more" });
  }
}

/** A value as a problem shows it: JSON, cut short. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(typeof value === "string" ? value.slice(0, FOUND_MAX_CHARS) : value) as
    | string
    | undefined;
  return text ?? typeof value;
}

/** Any string; with a pattern, one that matches it. */
export function text(pattern?: RegExp, meaning?: string): Shape {
  return (value, path, problems) => {
    if (typeof value !== "string") {
      note(problems, { path, rule: "document.type", stated: "a string", found: shown(value) });
    } else if (pattern !== undefined && !pattern.test(value)) {
      note(problems, {
        path,
        rule: "document.format",
        stated: meaning ?? pattern.source,
        found: shown(value),
      });
    }
  };
}

/** A whole number from `minimum` to what JavaScript holds exactly. */
export function integer(minimum: number): Shape {
  return (value, path, problems) => {
    if (typeof value !== "number" || !Number.isInteger(value)) {
      note(problems, { path, rule: "document.type", stated: "an integer", found: shown(value) });
    } else if (value < minimum || !Number.isSafeInteger(value)) {
      const stated = `an integer from ${minimum} to ${Number.MAX_SAFE_INTEGER}`;
      note(problems, { path, rule: "document.value", stated, found: shown(value) });
    }
  };
}

/** True or false. */
export const boolean: Shape = (value, path, problems) => {
  if (typeof value === "boolean") return;
  note(problems, { path, rule: "document.type", stated: "a boolean", found: shown(value) });
};

/** Exactly this value. */
export function literal(expected: string | number): Shape {
  return (value, path, problems) => {
    if (value === expected) return;
    note(problems, { path, rule: "document.value", stated: shown(expected), found: shown(value) });
  };
}

/** The value that a shape takes, or null. */
export function nullable(shape: Shape): Shape {
  return (value, path, problems) => {
    if (value !== null) shape(value, path, problems);
  };
}

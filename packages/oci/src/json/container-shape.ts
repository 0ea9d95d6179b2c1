import { note, type Shape, type ShapeProblem, shown } from "./shape.js";

/** The members of an object. Others are allowed, except those in `forbidden`. */
export interface Members {
  readonly required?: { readonly [name: string]: Shape };
  readonly optional?: { readonly [name: string]: Shape };
  /** Names that would make another kind of document of this one, and that kind. */
  readonly forbidden?: { readonly [name: string]: string };
}

/** An array whose items all have a shape. */
export function list(item: Shape): Shape {
  return (value, path, problems) => {
    if (!Array.isArray(value)) {
      note(problems, { path, rule: "document.type", stated: "an array", found: shown(value) });
      return;
    }
    for (const [index, member] of value.entries()) item(member, `${path}/${index}`, problems);
  };
}

/** An object whose members all have a shape, whatever their names. */
export function mapOf(member: Shape): Shape {
  return (value, path, problems) => {
    if (!isObject(value, path, problems)) return;
    for (const name of Object.keys(value)) member(value[name], child(path, name), problems);
  };
}

/** An object with known members. */
export function object({ required = {}, optional = {}, forbidden = {} }: Members): Shape {
  const shapes = new Map([...Object.entries(required), ...Object.entries(optional)]);
  const kinds = new Map(Object.entries(forbidden));
  const spellings = new Map([...shapes.keys(), ...kinds.keys()].map((name) => [name.toLowerCase(), name]));
  return (value, path, problems) => {
    if (!isObject(value, path, problems)) return;
    for (const name of Object.keys(required)) {
      if (Object.hasOwn(value, name)) continue;
      note(problems, {
        path: child(path, name),
        rule: "document.required",
        stated: "present",
        found: "absent",
      });
    }
    for (const name of Object.keys(value)) {
      const at = child(path, name);
      shapes.get(name)?.(value[name], at, problems);
      const ambiguity = kinds.get(name) ?? otherSpelling(name, spellings);
      if (ambiguity !== undefined) {
        note(problems, { path: at, rule: "document.ambiguous", stated: "absent", found: ambiguity });
      }
    }
  };
}

/** Go matches the names of members without regard to case, so `Layers` beside `layers` is one member to it. */
function otherSpelling(name: string, spellings: ReadonlyMap<string, string>): string | undefined {
  const spelling = spellings.get(name.toLowerCase());
  return spelling === undefined || spelling === name ? undefined : `another spelling of ${spelling}`;
}

function isObject(
  value: unknown,
  path: string,
  problems: ShapeProblem[],
): value is Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return true;
  note(problems, { path, rule: "document.type", stated: "an object", found: shown(value) });
  return false;
}

/** @see https://www.rfc-editor.org/rfc/rfc6901#section-3 */
function child(path: string, name: string): string {
  return `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

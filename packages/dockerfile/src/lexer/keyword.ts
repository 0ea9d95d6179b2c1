/** How the arguments of an instruction divide. */
export type ArgumentShape = "blanks" | "pairs" | "names" | "text" | "healthcheck";

/** A keyword and what it says about the arguments behind it. */
export interface Keyword {
  /** Lower case. */
  readonly name: string;
  readonly shape: ArgumentShape;
  /** Whether the arguments may be a JSON array. */
  readonly json: "json" | "plain";
}

const jsonNames: ReadonlySet<string> = new Set(
  "add cmd copy entrypoint healthcheck run shell volume".split(" "),
);

function shapeOf(name: string): ArgumentShape {
  switch (name) {
    case "add":
    case "copy":
    case "expose":
    case "from":
    case "volume":
      return "blanks";
    case "arg":
      return "names";
    case "env":
    case "label":
      return "pairs";
    case "healthcheck":
      return "healthcheck";
    default:
      return "text";
  }
}

/** The keyword that a text is; it need not be a known one. */
export function toKeyword(text: string): Keyword {
  const name = text.toLowerCase();
  return { name, shape: shapeOf(name), json: jsonNames.has(name) ? "json" : "plain" };
}

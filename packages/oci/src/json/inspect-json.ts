import { type Shape, type ShapeProblem, shown } from "./shape.js";

/** Deeper nesting is refused; the deepest document of the image-spec has seven levels. */
const JSON_DEPTH_MAX = 64;

/** What a document holds and all that is wrong with it. `value` is undefined when it is not JSON. */
export interface InspectedJson {
  readonly value: unknown;
  readonly problems: readonly ShapeProblem[];
}

/** Reads a document of bounded size and checks it against a shape, without throwing. */
export function inspectJson(bytes: Uint8Array, shape: Shape): InspectedJson {
  const parsed = parsedJson(bytes);
  if ("problem" in parsed) return { value: undefined, problems: [parsed.problem] };
  const problems: ShapeProblem[] = [];
  shape(parsed.value, "", problems);
  return { value: parsed.value, problems };
}

/** The value of bounded JSON text, or what keeps it from being one. */
export function parsedJson(bytes: Uint8Array): { value: unknown } | { problem: ShapeProblem } {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    const found = shown(error instanceof Error ? error.message : String(error));
    return { problem: { path: "", rule: "document.json", stated: "JSON in UTF-8", found } };
  }
  if (isDeeper(value, JSON_DEPTH_MAX)) {
    const stated = `at most ${JSON_DEPTH_MAX} levels`;
    return { problem: { path: "", rule: "document.limit", stated, found: "more" } };
  }
  return { value };
}

/** Without recursion: the point is to find out whether recursion is safe. */
function isDeeper(root: unknown, limit: number): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((value) =>
      typeof value === "object" && value !== null ? Object.values(value).filter(isContainer) : [],
    );
  }
  return false;
}

function isContainer(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

import { parseGoRegexp, type RegexpNode } from "./go-regexp.js";
import { compileProgram, mayMatchLonger, runProgram } from "./regexp-program.js";

/** A compiled expression. `mayMatchBelow(dir)` is never false when a path below the directory matches. */
export interface CompiledRegexp {
  matches(path: string): boolean;
  mayMatchBelow(directory: string): boolean;
}

/** JavaScript's engine goes back and forth: in the worst case as many steps as the path's length to the power of the
 * repetitions. Beyond this bound the path is matched by the linear automaton, which is some 20 times slower on
 * ordinary patterns. */
const maximumSteps = 10_000_000;

/** Compiles an expression in Go's syntax.
 * @throws OciBuildError PATTERN_INVALID */
export function compileRegexp(source: string, pattern: string): CompiledRegexp {
  const nodes = parseGoRegexp(source, pattern);
  const native = new RegExp(nodes.map(render).join(""), "u");
  const program = compileProgram(nodes);
  const repetitions = countRepetitions(nodes);
  return {
    matches: (path) =>
      path.length ** repetitions <= maximumSteps ? native.test(path) : runProgram(program, path),
    mayMatchBelow: (directory) => mayMatchLonger(program, `${directory}/`),
  };
}

function render(node: RegexpNode): string {
  if (node.kind === "set") return `[${node.negated ? "^" : ""}${node.content}]`;
  if (node.kind === "group") return `(?:${node.nodes.map(render).join("")})`;
  if (node.kind === "repeat") return render(node.node) + (node.times === "any" ? "*" : "?");
  return { begin: "^", end: "$", "word-boundary": "\\b", "no-word-boundary": "\\B" }[node.assertion];
}

function countRepetitions(nodes: readonly RegexpNode[]): number {
  let count = 0;
  for (const node of nodes) {
    if (node.kind === "repeat") count += (node.times === "any" ? 1 : 0) + countRepetitions([node.node]);
    else if (node.kind === "group") count += countRepetitions(node.nodes);
  }
  return count;
}

import { detectSyntax, parseDockerfile } from "../../src/index.js";

/** All that a Dockerfile says, without places, letter case of keywords, and blanks that mean nothing. */
export function meaningOf(text: string): unknown {
  const { ast, stages, diagnostics } = parseDockerfile(text);
  const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ rule }) => rule);
  return { stages: strip(stages), errors, escape: ast.escape, syntax: detectSyntax(text)?.value };
}

function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== "object" || value === null) return value;
  const isInstruction = "keyword" in value;
  const entries = Object.entries(value).filter(
    ([key]) =>
      !/span$/i.test(key) && key !== "legacy" && !(isInstruction && (key === "text" || key === "keyword")),
  );
  return Object.fromEntries(entries.map(([key, inner]) => [key, strip(inner)]));
}

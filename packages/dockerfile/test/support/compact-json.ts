import type { Diagnostic, DockerfileAst, DockerfileStages, Position, Span } from "../../src/index.js";

/** A tree as JSON with one node or part a line and spans as `1:1-1:5`. */
export function formatAst(ast: DockerfileAst): string {
  const lines = ast.children.flatMap((node) => {
    if (node.kind !== "instruction") return [oneLine(node)];
    const { parts, ...head } = node;
    return [oneLine(head), ...parts.map((part) => ` ${oneLine(part)}`)];
  });
  const head = oneLine({ kind: ast.kind, span: ast.span, escape: ast.escape });
  return `[\n${[head, ...lines].join(",\n")}\n]\n`;
}

/** Stages as JSON with one instruction a line. */
export function formatStages({ globalArgs, stages }: DockerfileStages): string {
  const lines = stages.flatMap(({ instructions, ...head }) => [
    oneLine(head),
    ...instructions.map((instruction) => ` ${oneLine(instruction)}`),
  ]);
  return `[\n${[...globalArgs.map(oneLine), ...lines].join(",\n")}\n]\n`;
}

/** One diagnostic a line: place, severity, rule, message, hint. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ span, severity, rule, message, hint, notes }) => {
      const tail = notes.map((note) => ` [${note.message}]`).join("");
      return `${formatSpan(span)} ${severity} ${rule} ${message}${hint === undefined ? "" : ` (${hint})`}${tail}\n`;
    })
    .join("");
}

export function formatSpan({ start, end }: Span): string {
  return `${formatPosition(start)}-${formatPosition(end)}`;
}

function formatPosition({ line, column }: Position): string {
  return `${String(line)}:${String(column)}`;
}

function oneLine(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (isSpan(item) ? formatSpan(item) : item));
}

function isSpan(value: unknown): value is Span {
  return typeof value === "object" && value !== null && "start" in value && "end" in value;
}

import type { Diagnostic } from "./diagnostics/diagnostic.js";
import { parse } from "./lexer/parse.js";
import { readStages } from "./stages/read-stages.js";
import type { DockerfileStages } from "./stages/stage.js";
import type { DockerfileAst } from "./tree/ast.js";

/** A Dockerfile with everything that is known about it. */
export interface ParsedDockerfile {
  readonly ast: DockerfileAst;
  readonly stages: DockerfileStages;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses a Dockerfile and reads its stages. Never throws: it can be built when no diagnostic is an error. */
export function parseDockerfile(text: string): ParsedDockerfile {
  const { ast, diagnostics } = parse(text);
  const { stages, diagnostics: more } = readStages(ast);
  const all = [...diagnostics, ...more].sort((a, b) => a.span.start.offset - b.span.start.offset);
  return { ast, stages, diagnostics: all };
}

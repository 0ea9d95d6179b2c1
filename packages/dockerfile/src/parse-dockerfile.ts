import type { Diagnostic } from "./diagnostics/diagnostic.js";
import { inOrder } from "./diagnostics/report.js";
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
  return { ast, stages, diagnostics: inOrder(diagnostics, more) };
}

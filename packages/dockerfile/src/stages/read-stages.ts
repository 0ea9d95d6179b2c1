import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { inOrder, type Report, referenceUrl, toDiagnostic } from "../diagnostics/report.js";
import type { ArgInstruction, FromInstruction, Instruction } from "../instructions/instruction.js";
import { keywordSpan } from "../instructions/items.js";
import { readInstructionNode, unknownInstructions } from "../instructions/read-instruction-node.js";
import { trimSpace } from "../lexer/white-space.js";
import type { CommentNode, DockerfileAst, InstructionNode } from "../tree/ast.js";
import { spanTo } from "../tree/position.js";
import type { Span } from "../tree/span.js";
import { checkReferences } from "./check-references.js";
import type { DockerfileStages, Stage } from "./stage.js";

/** Stages and what is wrong with their instructions, in the order of the text. */
export interface ReadStagesResult {
  readonly stages: DockerfileStages;
  readonly diagnostics: readonly Diagnostic[];
}

interface OpenStage {
  readonly from: FromInstruction;
  readonly instructions: Exclude<Instruction, FromInstruction>[];
  end: Span["end"];
}

interface StageState {
  readonly globalArgs: ArgInstruction[];
  readonly stages: OpenStage[];
  readonly report: Report;
  /** Whether a FROM stood there, valid or not. */
  hasFrom: boolean;
  reportedNoStage: boolean;
}

/** What most instructions have above them; one array for all, and nothing fits into it. */
const noComments: never[] = [];

/** Understands the instructions of a tree and sorts them into stages. Instructions that are not valid are reported
 * and left out. Never throws. */
export function readStages(ast: DockerfileAst): ReadStagesResult {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (finding) => diagnostics.push(toDiagnostic(finding));
  const state: StageState = { globalArgs: [], stages: [], report, hasFrom: false, reportedNoStage: false };
  const unknown = unknownInstructions();
  let comments: string[] = noComments;
  for (const node of ast.children) {
    if (node.kind === "comment") comments = addComment(comments, node);
    if (node.kind !== "instruction") continue;
    const instruction = readInstructionNode({ node, escape: ast.escape, comments, report, unknown });
    comments = noComments;
    addInstruction(state, node, instruction);
  }
  const last = ast.children.findLast((node) => node.kind === "instruction");
  if (last !== undefined && !state.hasFrom && !state.reportedNoStage) {
    report({ rule: "DOCKERFILE_NO_STAGE", message: "the Dockerfile has no FROM", span: ast.span });
  }
  const stages = { globalArgs: state.globalArgs, stages: state.stages.map(closeStage) };
  checkReferences(stages, report);
  return { stages, diagnostics: inOrder(diagnostics) };
}

/** An empty comment line separates: what is above it belongs to nothing. */
function addComment(comments: string[], node: CommentNode): string[] {
  const text = trimSpace(trimSpace(node.text).slice(1));
  if (text === "") return noComments;
  if (comments.length === 0) return [text];
  comments.push(text);
  return comments;
}

function addInstruction(
  state: StageState,
  node: InstructionNode,
  instruction: Instruction | undefined,
): void {
  if (node.name === "from") {
    state.hasFrom = true;
    if (instruction?.kind === "from") {
      state.stages.push({ from: instruction, instructions: [], end: instruction.span.end });
    }
    return;
  }
  if (!state.hasFrom && node.name !== "arg") reportNoStage(state, node);
  if (instruction === undefined || instruction.kind === "from") return;
  const stage = state.stages.at(-1);
  if (stage !== undefined) {
    stage.instructions.push(instruction);
    stage.end = instruction.span.end;
  } else if (instruction.kind === "arg" && !state.hasFrom) state.globalArgs.push(instruction);
}

/** One report is enough: what follows suffers from the same. */
function reportNoStage(state: StageState, node: InstructionNode): void {
  if (state.reportedNoStage) return;
  state.reportedNoStage = true;
  state.report({
    rule: "DOCKERFILE_NO_STAGE",
    message: `${node.name.toUpperCase()} stands before the first FROM`,
    span: keywordSpan(node),
    hint: "Only ARG may stand before FROM",
    docs: referenceUrl("from"),
  });
}

function closeStage({ from, instructions, end }: OpenStage, index: number): Stage {
  return {
    index,
    name: from.stageName?.text.toLowerCase(),
    from,
    // A copy has no room for more, which an array that grew keeps for a dozen.
    instructions: instructions.slice(),
    span: spanTo(from.span, end),
  };
}

import { addToList } from "../../add-to-list.js";
import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import type { Instruction, Word } from "../../instructions/instruction.js";
import { keywordSpan } from "../../instructions/items.js";
import type { ParsedDockerfile } from "../../parse-dockerfile.js";
import type { DockerfileNode, InstructionNode } from "../../tree/ast.js";
import { defaultPlatform, type NormalPlatform, normalizePlatform } from "../../values/normalize-platform.js";
import type { CheckOptions } from "../check-options.js";
import { expandStages, type UndefinedUse } from "./expand-stages.js";
import { type GlobalVariables, globalVariables } from "./global-variables.js";
import { nameSuggester, type SuggestName } from "./name-suggester.js";
import { placeKey } from "./place-key.js";
import type { PlacedInstruction } from "./placed-instruction.js";
import { type StageBase, stageBases } from "./stage-bases.js";
import { type ExpandedValue, unchanged, wordExpander } from "./word-expander.js";

type PlacedOfKind<K extends Instruction["kind"]> = PlacedInstruction<Extract<Instruction, { kind: K }>>;

/** All that rules share, worked out once. */
export interface CheckFacts {
  readonly parsed: ParsedDockerfile;
  readonly options: CheckOptions;
  readonly targetPlatform: NormalPlatform;
  readonly globals: GlobalVariables;
  /** As `globals`, without any build arguments. */
  readonly defaultGlobals: GlobalVariables;
  /** By index of the stage. */
  readonly bases: readonly StageBase[];
  readonly suggest: SuggestName;
  readonly undefinedUses: readonly UndefinedUse[];
  /** Words that cannot be expanded. */
  readonly errors: readonly Diagnostic[];
  /** The instructions of a kind in the order in which they run, a trigger of ONBUILD in each stage that it runs in. */
  readonly ofKind: <K extends Instruction["kind"]>(kind: K) => readonly PlacedOfKind<K>[];
  /** A word of a stage's instruction with its variables replaced. */
  readonly valueOf: (word: Word, placed: PlacedInstruction) => ExpandedValue;
  /** The ports that a word of EXPOSE comes to, not yet understood. */
  readonly portsOf: (word: Word, placed: PlacedInstruction) => readonly string[];
  /** The node that an instruction was read from. */
  readonly nodeOf: (instruction: Instruction) => InstructionNode | undefined;
  /** The instruction that was read from a node; undefined for one that is not valid. */
  readonly instructionAt: (node: InstructionNode) => Instruction | undefined;
}

const noArgs: ReadonlyMap<string, string> = new Map();

/** The facts of a Dockerfile. One pass over its instructions. */
export function checkFacts(parsed: ParsedDockerfile, options: CheckOptions): CheckFacts {
  const target = readPlatform(options.targetPlatform) ?? defaultPlatform;
  const build = readPlatform(options.buildPlatform) ?? target;
  const expander = wordExpander(parsed.ast.escape);
  const buildArgs = options.buildArgs ?? noArgs;
  const source = { parsed, options, expander, target, build, buildArgs };
  const globals = globalVariables(source);
  const withoutArgs = { ...source, expander: wordExpander(parsed.ast.escape), buildArgs: noArgs };
  const defaultGlobals = buildArgs.size === 0 ? globals : globalVariables(withoutArgs);
  const bases = stageBases({ stages: parsed.stages.stages, options, expander, globals });
  const suggest = nameSuggester();
  const { uses, values, ports } = expandStages({ bases, options, expander, globals, suggest });
  const placed = placeInstructions(parsed, bases);
  return {
    suggest,
    parsed,
    options,
    targetPlatform: target,
    globals,
    defaultGlobals,
    bases,
    undefinedUses: uses,
    errors: expander.errors,
    ofKind: (kind) => ofKind(placed, kind),
    valueOf: (word, at) => values.get(placeKey(word, at)) ?? unchanged(word),
    portsOf: (word, at) => ports.get(placeKey(word, at)) ?? [word.text],
    ...nodeFinders(parsed, placed),
  };
}

function readPlatform(text: string | undefined): NormalPlatform | undefined {
  return text === undefined ? undefined : normalizePlatform(text, defaultPlatform);
}

type Placed = ReadonlyMap<Instruction["kind"], readonly PlacedInstruction[]>;

function placeInstructions(
  { stages: { globalArgs } }: ParsedDockerfile,
  bases: readonly StageBase[],
): Placed {
  const lists = new Map<Instruction["kind"], PlacedInstruction[]>();
  const place = (placed: PlacedInstruction) => {
    addToList(lists, placed.instruction.kind, placed);
  };
  for (const instruction of globalArgs) place({ instruction, origin: "own" });
  for (const { stage, runs } of bases) {
    place({ instruction: stage.from, stage, origin: "own" });
    for (const placed of runs) place(placed);
  }
  return lists;
}

function ofKind<K extends Instruction["kind"]>(placed: Placed, kind: K): readonly PlacedOfKind<K>[] {
  // The map holds under each kind only instructions of that kind.
  return (placed.get(kind) ?? []) as readonly unknown[] as readonly PlacedOfKind<K>[];
}

/** Finds nodes and instructions by the place of their keyword. */
function nodeFinders(
  { ast }: ParsedDockerfile,
  placed: Placed,
): Pick<CheckFacts, "nodeOf" | "instructionAt"> {
  let byKeyword: Map<number, Instruction> | undefined;
  return {
    nodeOf: (instruction) => findNode(ast.children, instruction.keyword.span.start.offset),
    instructionAt: (node) => {
      byKeyword ??= indexByKeyword(placed);
      return byKeyword.get(keywordSpan(node).start.offset);
    },
  };
}

function indexByKeyword(placed: Placed): Map<number, Instruction> {
  const byKeyword = new Map<number, Instruction>();
  for (const list of placed.values())
    for (const { instruction } of list) byKeyword.set(instruction.keyword.span.start.offset, instruction);
  return byKeyword;
}

/** The instruction node that holds an offset, by halving: nodes are in the order of the text. */
function findNode(nodes: readonly DockerfileNode[], offset: number): InstructionNode | undefined {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((nodes[middle]?.span.end.offset ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  const node = nodes[low];
  return node?.kind === "instruction" ? node : undefined;
}

import { addToList } from "../../add-to-list.js";
import type {
  ArgInstruction,
  EnvInstruction,
  ExposeInstruction,
  Word,
} from "../../instructions/instruction.js";
import type { CheckOptions } from "../check-options.js";
import type { GlobalVariables } from "./global-variables.js";
import { visitTexts } from "./instruction-words.js";
import type { SuggestName } from "./name-suggester.js";
import { placeKey } from "./place-key.js";
import type { PlacedInstruction } from "./placed-instruction.js";
import { ScopedVariables } from "./scoped-variables.js";
import type { StageBase } from "./stage-bases.js";
import type { ExpandedValue, WordExpander } from "./word-expander.js";

/** A variable that is read where it is not set. */
export interface UndefinedUse {
  readonly placed: PlacedInstruction;
  readonly base: StageBase;
  readonly word: Word;
  readonly name: string;
  /** A known variable with nearly the same name. */
  readonly suggestion?: string | undefined;
  /** Whether all variables of the base image are known, so that this one is certainly unset. */
  readonly environment: "known" | "unknown";
}

/** What the variables of all stages come to. */
export interface StageExpansion {
  readonly uses: readonly UndefinedUse[];
  /** Words that expansion changes, by `placeKey`. */
  readonly values: ReadonlyMap<number, ExpandedValue>;
  /** The ports of EXPOSE words that expansion changes. */
  readonly ports: ReadonlyMap<number, readonly string[]>;
}

export interface StageExpansionSource {
  readonly bases: readonly StageBase[];
  readonly options: CheckOptions;
  readonly expander: WordExpander;
  readonly globals: GlobalVariables;
  readonly suggest: SuggestName;
}

interface Walk extends StageExpansionSource {
  readonly variables: ScopedVariables;
  readonly uses: UndefinedUse[];
  readonly values: Map<number, ExpandedValue>;
  readonly ports: Map<number, readonly string[]>;
  base: StageBase;
  placed: PlacedInstruction;
  environment: "known" | "unknown";
}

/** The builder sets PATH when the base does not; its value matters to no check. */
const defaultPath = "/bin";

/** Expands all stages in one pass. Stages are visited as a tree, each below its base, so that a stage starts with the
 * variables of its base at no cost. */
export function expandStages(source: StageExpansionSource): StageExpansion {
  const [first] = source.bases;
  if (first === undefined) return { uses: [], values: new Map(), ports: new Map() };
  const walk: Walk = {
    ...source,
    variables: new ScopedVariables(),
    uses: [],
    values: new Map(),
    ports: new Map(),
    base: first,
    placed: { instruction: first.stage.from, stage: first.stage, origin: "own" },
    environment: "unknown",
  };
  const children = childrenByParent(source.bases);
  // Stages to enter, by index, and marks to return to, below zero; what comes next is at the end.
  const stack: number[] = [];
  const enterAll = (parent: number | undefined) => {
    const indexes = children.get(parent) ?? [];
    for (let at = indexes.length - 1; at >= 0; at -= 1) stack.push(indexes[at] ?? 0);
  };
  enterAll(undefined);
  for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
    if (visit < 0) {
      if (stack.length > 0) walk.variables.rollBack(-1 - visit);
    } else {
      stack.push(-1 - walk.variables.mark());
      visitStage(walk, visit);
      enterAll(visit);
    }
  }
  return walk;
}

function childrenByParent(bases: readonly StageBase[]): ReadonlyMap<number | undefined, readonly number[]> {
  const children = new Map<number | undefined, number[]>();
  for (const { stage, parent } of bases) addToList(children, parent, stage.index);
  return children;
}

function visitStage(walk: Walk, index: number): void {
  const base = walk.bases[index];
  if (base === undefined) return;
  walk.base = base;
  if (base.kind !== "stage") {
    walk.environment = base.kind === "scratch" || base.facts?.environment !== undefined ? "known" : "unknown";
    walk.variables.set("PATH", defaultPath);
    for (const [name, value] of base.facts?.environment ?? []) walk.variables.set(name, value);
  }
  for (const placed of base.runs) visitInstruction(walk, placed);
}

function visitInstruction(walk: Walk, placed: PlacedInstruction): void {
  const { instruction } = placed;
  walk.placed = placed;
  if (instruction.kind === "arg") visitArg(walk, instruction);
  else if (instruction.kind === "expose") visitExpose(walk, instruction);
  else {
    visitTexts(instruction, (text) => {
      const expanded = walk.expander.expand(text, walk.variables);
      walk.values.set(placeKey(text, placed), expanded);
      noteMissing(walk, text, expanded.missing);
    });
    if (instruction.kind === "env") visitEnv(walk, instruction);
  }
}

/** All values of an ENV see the variables from before it, so they are set at its end. */
function visitEnv(walk: Walk, { pairs }: EnvInstruction): void {
  for (const { key, value } of pairs) walk.variables.set(expandedText(walk, key), expandedText(walk, value));
}

function expandedText(walk: Walk, word: Word): string {
  return walk.values.get(placeKey(word, walk.placed))?.value ?? word.text;
}

function visitArg(walk: Walk, instruction: ArgInstruction): void {
  for (const { name, default: fallback } of instruction.args) {
    let value = walk.options.buildArgs?.get(name.text);
    if (value === undefined && fallback !== undefined) {
      const expanded = walk.expander.expand(fallback, walk.variables);
      noteMissing(walk, fallback, expanded.missing);
      value = expanded.value;
    }
    value ??= walk.globals.values.get(name.text);
    if (value !== undefined) walk.variables.set(name.text, value);
    walk.variables.declare(name.text);
  }
}

function visitExpose(walk: Walk, { ports }: ExposeInstruction): void {
  for (const port of ports) {
    const words = walk.expander.split(port, walk.variables);
    if (words.length !== 1 || words[0] !== port.text) walk.ports.set(placeKey(port, walk.placed), words);
  }
}

function noteMissing(walk: Walk, word: Word, missing: readonly string[]): void {
  for (const name of missing) {
    if (walk.variables.isKnown(name)) continue;
    const { base, placed, environment } = walk;
    const suggestion = walk.suggest(name, walk.variables.names());
    walk.uses.push({ placed, base, word, name, suggestion, environment });
  }
}

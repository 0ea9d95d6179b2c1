import type { Assertion, RegexpNode } from "./go-regexp.js";

/** Compares a set with characters; what is ASCII is looked up. */
interface RuneSet {
  readonly ascii: Uint8Array;
  readonly expression: RegExp;
}

type Instruction =
  | { readonly op: "set"; readonly set: RuneSet }
  | { readonly op: "split"; first: number; second: number }
  | { readonly op: "assert"; readonly assertion: Assertion }
  | { readonly op: "match" };

/** A regular expression as steps of an automaton: its time is linear in the text, whatever the expression. */
export type RegexpProgram = readonly Instruction[];

/** Compiles an expression. */
export function compileProgram(nodes: readonly RegexpNode[]): RegexpProgram {
  const program: Instruction[] = [];
  emitAll(program, nodes);
  program.push({ op: "match" });
  return program;
}

/** True when the expression is found in the text from its beginning on. */
export function runProgram(program: RegexpProgram, text: string): boolean {
  return simulate(program, text) === "matched";
}

/** True when some longer text that begins with `prefix` may match; never false when one does. */
export function mayMatchLonger(program: RegexpProgram, prefix: string): boolean {
  const looksAhead = program.some((step) => step.op === "assert" && step.assertion.endsWith("boundary"));
  return looksAhead || simulate(program, prefix) !== "dead" || program.at(-2)?.op !== "assert";
}

type Outcome = "matched" | "alive" | "dead";

function simulate(program: RegexpProgram, text: string): Outcome {
  const runes = [...text];
  let current = follow(program, [0], runes, 0);
  for (let at = 0; at < runes.length && current.length > 0; at++) {
    if (hasMatch(program, current)) return "matched";
    current = follow(program, step(program, current, runes[at] ?? ""), runes, at + 1);
  }
  if (hasMatch(program, current)) return "matched";
  return current.length > 0 ? "alive" : "dead";
}

function hasMatch(program: RegexpProgram, states: readonly number[]): boolean {
  return states.some((state) => program[state]?.op === "match");
}

function step(program: RegexpProgram, states: readonly number[], rune: string): readonly number[] {
  const next: number[] = [];
  for (const state of states) {
    const instruction = program[state];
    if (instruction?.op === "set" && isMember(instruction.set, rune)) next.push(state + 1);
  }
  return next;
}

/** All states that take a character or end the match, reached from the given ones without taking any. */
function follow(
  program: RegexpProgram,
  from: readonly number[],
  runes: readonly string[],
  at: number,
): readonly number[] {
  const seen = new Uint8Array(program.length);
  const pending = [...from];
  const reached: number[] = [];
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    const instruction = program[state];
    if (instruction === undefined || seen[state] === 1) continue;
    seen[state] = 1;
    if (instruction.op === "split") pending.push(instruction.first, instruction.second);
    else if (instruction.op !== "assert") reached.push(state);
    else if (holds(instruction.assertion, runes, at)) pending.push(state + 1);
  }
  return reached;
}

function holds(assertion: Assertion, runes: readonly string[], at: number): boolean {
  if (assertion === "begin") return at === 0;
  if (assertion === "end") return at === runes.length;
  const isBoundary = isWord(runes[at - 1]) !== isWord(runes[at]);
  return isBoundary === (assertion === "word-boundary");
}

function isWord(rune: string | undefined): boolean {
  return rune !== undefined && /^[0-9A-Za-z_]$/.test(rune);
}

function isMember(set: RuneSet, rune: string): boolean {
  const code = rune.charCodeAt(0);
  return code < 128 ? set.ascii[code] === 1 : set.expression.test(rune);
}

function emitAll(program: Instruction[], nodes: readonly RegexpNode[]): void {
  for (const node of nodes) emit(program, node);
}

function emit(program: Instruction[], node: RegexpNode): void {
  if (node.kind === "set") program.push({ op: "set", set: runeSet(node) });
  else if (node.kind === "assert") program.push({ op: "assert", assertion: node.assertion });
  else if (node.kind === "group") emitAll(program, node.nodes);
  else emitRepeat(program, node);
}

/** `x?` is split(x, on); `x*` is split(x, on) with a jump back, which is a split with both ways the same. */
function emitRepeat(program: Instruction[], node: Extract<RegexpNode, { kind: "repeat" }>): void {
  const start = program.length;
  const split = { op: "split" as const, first: start + 1, second: 0 };
  program.push(split);
  emit(program, node.node);
  if (node.times === "any") program.push({ op: "split", first: start, second: start });
  split.second = program.length;
}

function runeSet(node: Extract<RegexpNode, { kind: "set" }>): RuneSet {
  const expression = new RegExp(`[${node.negated ? "^" : ""}${node.content}]`, "u");
  const ascii = new Uint8Array(128);
  for (let code = 0; code < 128; code++) ascii[code] = expression.test(String.fromCharCode(code)) ? 1 : 0;
  return { ascii, expression };
}

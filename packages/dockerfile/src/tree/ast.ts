import type { Span } from "./span.js";

/** The character that escapes and continues lines: set by the `escape` directive, `\` by default. */
export type EscapeCharacter = "\\" | "`";

/** A byte order mark before the first line. */
export interface ByteOrderMarkNode {
  readonly kind: "byte-order-mark";
  readonly span: Span;
  readonly text: string;
}

/** A line such as `# escape=x` at the very top. `text` is the whole line with its line break. */
export interface DirectiveNode {
  readonly kind: "directive";
  readonly span: Span;
  readonly text: string;
  /** Lower case. */
  readonly name: string;
  readonly value: string;
  readonly nameSpan: Span;
  readonly valueSpan: Span;
}

/** A comment line outside instructions, with its line break. */
export interface CommentNode {
  readonly kind: "comment";
  readonly span: Span;
  readonly text: string;
}

/** An empty line, or one of white space, with its line break. */
export interface BlankNode {
  readonly kind: "blank";
  readonly span: Span;
  readonly text: string;
}

/** A piece that belongs to a keyword, a flag or an argument. Pieces of one item share `item`; an item has several
 * pieces where a line continuation runs through it. Items count from 0 within their kind. */
export interface ItemPart {
  readonly kind: "keyword" | "flag" | "argument";
  readonly item: number;
  readonly span: Span;
  readonly text: string;
}

/** What stands between items. `continuation` is the escape character, the blanks after it and the line break;
 * `comment` and `blank` are whole lines inside a continued instruction; `break` ends the instruction's last line. */
export interface TriviaPart {
  readonly kind: "space" | "punctuation" | "continuation" | "comment" | "blank" | "break";
  readonly span: Span;
  readonly text: string;
}

/** The lines of one here-document. `text` is `body` as written; `end` is the line that closes it with its line
 * break, empty where the file ends first. */
export interface HeredocPart {
  readonly kind: "heredoc";
  readonly span: Span;
  readonly text: string;
  readonly end: string;
  readonly bodySpan: Span;
  /** Where the instruction asks for it: `<<-"EOF"`. */
  readonly wordSpan: Span;
  readonly name: string;
  readonly expand: boolean;
  readonly stripTabs: boolean;
  readonly fileDescriptor: number;
}

export type InstructionPart = ItemPart | TriviaPart | HeredocPart;

/** One instruction with everything on its lines. The parts, in order, are its exact text. */
export interface InstructionNode {
  readonly kind: "instruction";
  readonly span: Span;
  /** The keyword in lower case; it need not be a known one. */
  readonly name: string;
  /** `json` when the arguments are a JSON array of strings; each string is then one argument, with its quotes. */
  readonly form: "json" | "plain";
  readonly parts: readonly InstructionPart[];
}

export type DockerfileNode = ByteOrderMarkNode | DirectiveNode | CommentNode | BlankNode | InstructionNode;

/** A whole Dockerfile as plain JSON: no parents, no methods, every character of the text in exactly one leaf. */
export interface DockerfileAst {
  readonly kind: "dockerfile";
  readonly span: Span;
  readonly escape: EscapeCharacter;
  readonly children: readonly DockerfileNode[];
}

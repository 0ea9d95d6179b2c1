import { quoted } from "../diagnostics/quoted.js";
import { splitQuoted } from "../lexer/split-words.js";
import type { EscapeCharacter } from "../tree/ast.js";
import { type MappedText, sliceMapped, spanOfMapped } from "../tree/mapped-text.js";
import { hasArguments } from "./argument-count.js";
import type { EnvInstruction, KeyValue, LabelInstruction } from "./instruction.js";
import { type ReadContext, reportAt, toWord, upperName } from "./read-context.js";
import { readFlags } from "./read-flags.js";

/** `ENV KEY=VALUE…`, `LABEL KEY=VALUE…`, or the old form of either, `KEY VALUE` */
export function pairsReader(
  kind: "env" | "label",
): (context: ReadContext) => EnvInstruction | LabelInstruction | undefined {
  return (context) => {
    const fields = readPairs(context);
    if (fields === undefined) return undefined;
    const { keyword, span, text, comments } = context.base;
    return { keyword, span, text, comments, kind, pairs: fields.pairs, legacy: fields.legacy };
  };
}

interface PairFields {
  readonly pairs: readonly KeyValue[];
  readonly legacy: boolean;
}

function readPairs(context: ReadContext): PairFields | undefined {
  readFlags(context, {});
  const [first] = context.args;
  if (!hasArguments(context) || first === undefined) return undefined;
  if (isLegacy(first.text, context.escape)) return readLegacyPair(context, first);
  const pairs: KeyValue[] = [];
  for (const arg of context.args) {
    const equals = arg.text.indexOf("=");
    if (equals < 0) reportNoEquals(context, arg);
    else if (equals === 0) reportBlankName(context, arg);
    else
      pairs.push({ key: toWord(sliceMapped(arg, 0, equals)), value: toWord(sliceMapped(arg, equals + 1)) });
  }
  return pairs.length < context.args.length ? undefined : { pairs, legacy: false };
}

/** The form is chosen by the first word as quotes delimit it, though the old form then ends the key at a blank. */
function isLegacy(key: string, escapeCharacter: EscapeCharacter): boolean {
  const [word] = splitQuoted(key, [0, key.length], escapeCharacter);
  return word === undefined || !key.slice(...word).includes("=");
}

function readLegacyPair(context: ReadContext, key: MappedText): PairFields | undefined {
  const value = context.args[1];
  if (value !== undefined) return { pairs: [{ key: toWord(key), value: toWord(value) }], legacy: true };
  reportAt(context, {
    rule: "DOCKERFILE_INVALID_PAIR",
    message: `${upperName(context)} ${key.text} has no value`,
    span: spanOfMapped(key),
    hint: `Write ${upperName(context)} ${key.text}=VALUE`,
  });
  return undefined;
}

function reportNoEquals(context: ReadContext, arg: MappedText): void {
  reportAt(context, {
    rule: "DOCKERFILE_INVALID_PAIR",
    message: `${quoted(arg.text)} is not of the form name=value`,
    span: spanOfMapped(arg),
    hint: "Put a value with blanks in quotes",
  });
}

/** A name must stand before the `=`. */
export function reportBlankName(context: ReadContext, arg: MappedText): void {
  reportAt(context, {
    rule: "DOCKERFILE_EMPTY_WORD",
    message: `${quoted(arg.text)} has no name before the =`,
    span: spanOfMapped(arg),
  });
}

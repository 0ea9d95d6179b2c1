import type { TextEdit } from "../../edit/text-edit.js";
import type { EnvInstruction, KeyValue, LabelInstruction } from "../../instructions/instruction.js";
import { splitQuoted } from "../../lexer/split-words.js";
import type { EscapeCharacter } from "../../tree/ast.js";
import { type CheckRule, defineRule } from "../check-rule.js";
import { isContiguous } from "../facts/variable-use.js";

/** ENV and LABEL are written with `=`. */
export const legacyKeyValueFormat: CheckRule = defineRule({
  name: "LegacyKeyValueFormat",
  check: (facts, report) => {
    for (const placed of [...facts.ofKind("env"), ...facts.ofKind("label")]) {
      const { instruction } = placed;
      if (!instruction.legacy) continue;
      const name = instruction.kind.toUpperCase();
      report({
        placed,
        span: legacySpan(instruction),
        message: `${name} key value is an old form`,
        hint: `Write ${name} key=value`,
        fixes: withEquals(instruction, facts.parsed.ast.escape),
      });
    }
  },
});

function legacySpan({ pairs, keyword }: EnvInstruction | LabelInstruction): EnvInstruction["span"] {
  const [pair] = pairs;
  return pair === undefined ? keyword.span : { start: pair.key.span.start, end: pair.value.span.end };
}

/** The pair with `=`. The old form takes the rest of the line as one value, so one with blanks gets quotes; with quotes
 * or escapes already in it there is no mechanical way. */
function withEquals(
  { pairs }: EnvInstruction | LabelInstruction,
  escapeCharacter: EscapeCharacter,
): readonly TextEdit[] | undefined {
  const [pair] = pairs;
  if (pair === undefined || !isOneLine(pair)) return undefined;
  const { key, value } = pair;
  const isPlain = !/['"\\`]/.test(value.text);
  if (/['"\\`=]/.test(key.text) || (!isPlain && !isOneWord(value.text, escapeCharacter))) return undefined;
  const text = isOneWord(value.text, escapeCharacter) ? value.text : `"${value.text}"`;
  return [{ span: { start: key.span.end, end: value.span.end }, text: `=${text}` }];
}

function isOneLine({ key, value }: KeyValue): boolean {
  return isContiguous(key) && isContiguous(value) && key.span.start.line === value.span.start.line;
}

/** Whether the new form takes all of the text as one word. */
function isOneWord(text: string, escapeCharacter: EscapeCharacter): boolean {
  const [word] = splitQuoted(text, [0, text.length], escapeCharacter);
  return word?.[0] === 0 && word[1] === text.length;
}

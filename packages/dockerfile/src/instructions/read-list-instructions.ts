import { expandWords } from "../expand/expand-word.js";
import { decodeJsonString } from "../lexer/json-strings.js";
import { trimSpace } from "../lexer/white-space.js";
import { type MappedText, spanOfMapped } from "../tree/mapped-text.js";
import { readPortRange } from "../values/parse-port-spec.js";
import { hasArguments } from "./argument-count.js";
import type { ExposeInstruction, VolumeInstruction, Word } from "./instruction.js";
import { type ReadContext, reportAt, toWord } from "./read-context.js";
import { readFlags } from "./read-flags.js";

/** `VOLUME PATH…` or `VOLUME ["path", …]` */
export function readVolume(context: ReadContext): VolumeInstruction | undefined {
  readFlags(context, {});
  if (!hasArguments(context)) return undefined;
  const paths = context.args.map((arg) => readVolumePath(context, arg));
  const { keyword, span, text, comments } = context.base;
  return { keyword, span, text, comments, kind: "volume", paths };
}

function readVolumePath(context: ReadContext, arg: MappedText): Word {
  const text = trimSpace(context.form === "json" ? decodeJsonString(arg.text) : arg.text);
  const span = spanOfMapped(arg);
  if (text === "")
    reportAt(context, { rule: "DOCKERFILE_EMPTY_WORD", message: "the path of a VOLUME is empty", span });
  return { text, span };
}

/** `EXPOSE PORT[/PROTOCOL]…` */
export function readExpose(context: ReadContext): ExposeInstruction | undefined {
  readFlags(context, {});
  if (!hasArguments(context)) return undefined;
  for (const arg of context.args) checkPort(context, arg);
  const ports = context.args.map(toWord).sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  const { keyword, span, text, comments } = context.base;
  return { keyword, span, text, comments, kind: "expose", ports };
}

/** Any number of so few digits is a port. */
const plainPort = /^\d{1,4}$/;

/** A port with variables is known only when they are. */
function checkPort(context: ReadContext, arg: MappedText): void {
  if (arg.text.includes("$") || plainPort.test(arg.text)) return;
  const expanded = expandWords(arg.text, new Map<string, string>(), { escape: context.escape });
  if (!expanded.ok) return;
  const span = spanOfMapped(arg);
  for (const word of expanded.words) {
    const spec = readPortRange(word);
    if (!spec.ok) reportAt(context, { rule: "DOCKERFILE_INVALID_PORT", message: spec.message, span });
  }
}

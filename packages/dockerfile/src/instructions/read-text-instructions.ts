import { quoted } from "../diagnostics/quoted.js";
import { mayChange } from "../expand/may-change.js";
import { parseSignal } from "../values/parse-signal.js";
import { exactlyOne } from "./argument-count.js";
import { warnIgnoredFlags } from "./ignored-flags.js";
import type {
  MaintainerInstruction,
  StopSignalInstruction,
  UserInstruction,
  WorkdirInstruction,
} from "./instruction.js";
import { type ReadContext, reportAt, toWord } from "./read-context.js";
import { readFlags } from "./read-flags.js";

/** `WORKDIR PATH` */
export function readWorkdir(context: ReadContext): WorkdirInstruction | undefined {
  readFlags(context, {});
  const path = exactlyOne(context);
  if (path === undefined) return undefined;
  const { keyword, span, text, comments } = context.base;
  return { keyword, span, text, comments, kind: "workdir", path: toWord(path) };
}

/** `USER NAME[:GROUP]` */
export function readUser(context: ReadContext): UserInstruction | undefined {
  readFlags(context, {});
  const user = exactlyOne(context);
  if (user === undefined) return undefined;
  const { keyword, span, text, comments } = context.base;
  return { keyword, span, text, comments, kind: "user", user: toWord(user) };
}

/** `MAINTAINER NAME` */
export function readMaintainer(context: ReadContext): MaintainerInstruction | undefined {
  readFlags(context, {});
  const name = exactlyOne(context);
  if (name === undefined) return undefined;
  const { keyword, span, text, comments } = context.base;
  return { keyword, span, text, comments, kind: "maintainer", name: toWord(name) };
}

/** `STOPSIGNAL SIGNAL` */
export function readStopSignal(context: ReadContext): StopSignalInstruction | undefined {
  warnIgnoredFlags(context);
  const argument = exactlyOne(context);
  if (argument === undefined) return undefined;
  const signal = toWord(argument);
  // Variables, quotes and escapes are resolved later.
  const isFinal = !mayChange(signal.text);
  if (isFinal && parseSignal(signal.text) === undefined) {
    reportAt(context, {
      rule: "DOCKERFILE_INVALID_SIGNAL",
      message: `${quoted(signal.text)} is no signal`,
      span: signal.span,
      hint: "Write a number, or a name such as SIGTERM",
    });
  }
  const { keyword, span, text, comments } = context.base;
  return { keyword, span, text, comments, kind: "stopsignal", signal };
}

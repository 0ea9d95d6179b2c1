import { quoted } from "../diagnostics/quoted.js";
import { spanOfMapped } from "../tree/mapped-text.js";
import { parseDuration } from "../values/parse-duration.js";
import { hasArguments } from "./argument-count.js";
import { readCommandLine } from "./command-line.js";
import { warnIgnoredFlags } from "./ignored-flags.js";
import type { HealthcheckInstruction, Word } from "./instruction.js";
import { argumentsRange } from "./items.js";
import { type ReadContext, reportAt } from "./read-context.js";
import { type FlagKind, type Flags, readFlags, textFlag } from "./read-flags.js";

/** Shortest time between checks, 1 ms as in Docker. */
const minNs = 1_000_000;
const maxInt32 = 2 ** 31 - 1;

const flagKinds: Readonly<Record<string, FlagKind>> = {
  interval: "text",
  timeout: "text",
  "start-period": "text",
  "start-interval": "text",
  retries: "text",
};

/** `HEALTHCHECK [flags] CMD COMMAND` or `HEALTHCHECK NONE` */
export function readHealthcheck(context: ReadContext): HealthcheckInstruction | undefined {
  const [type, ...args] = context.args;
  if (!hasArguments(context) || type === undefined) return undefined;
  if (type.text.toUpperCase() === "NONE") return readNone(context);
  const flags = readFlags(context, flagKinds);
  if (type.text.toUpperCase() !== "CMD") {
    reportAt(context, {
      rule: "DOCKERFILE_INVALID_HEALTHCHECK",
      message: `HEALTHCHECK has type ${quoted(type.text)}, expected CMD or NONE`,
      span: spanOfMapped(type),
      hint: "Put CMD before the command",
    });
    return undefined;
  }
  if (args.length === 0) {
    const message = "HEALTHCHECK CMD has no command";
    reportAt(context, { rule: "DOCKERFILE_ARGUMENT_COUNT", message, span: spanOfMapped(type) });
    return undefined;
  }
  return {
    ...context.base,
    ...readTimes(context, flags),
    kind: "healthcheck",
    command: readCommandLine({
      args,
      form: context.form,
      argumentsSpan: argumentsRange(context.node, 1) ?? context.argumentsSpan,
    }),
  };
}

function readNone(context: ReadContext): HealthcheckInstruction | undefined {
  warnIgnoredFlags(context, "HEALTHCHECK NONE");
  if (context.args.length === 1) return { ...context.base, kind: "healthcheck" };
  const message = "HEALTHCHECK NONE takes no arguments";
  reportAt(context, { rule: "DOCKERFILE_ARGUMENT_COUNT", message, span: context.argumentsSpan });
  return undefined;
}

type Times = Pick<
  HealthcheckInstruction,
  "intervalNs" | "timeoutNs" | "startPeriodNs" | "startIntervalNs" | "retries"
>;

function readTimes(context: ReadContext, flags: Flags): Times {
  return {
    intervalNs: readTime(context, flags, "interval"),
    timeoutNs: readTime(context, flags, "timeout"),
    startPeriodNs: readTime(context, flags, "start-period"),
    startIntervalNs: readTime(context, flags, "start-interval"),
    retries: readRetries(context, textFlag(flags, "retries")),
  };
}

/** Zero is the default, like no flag. */
function readTime(context: ReadContext, flags: Flags, name: string): number | undefined {
  const value = textFlag(flags, name);
  if (value === undefined || value.text === "") return undefined;
  const duration = parseDuration(value.text);
  const isTooShort = duration.ok && duration.ns !== 0 && duration.ns < minNs;
  if (duration.ok && !isTooShort) return duration.ns === 0 ? undefined : duration.ns;
  const message = duration.ok ? `is ${value.text}, the shortest is 1ms` : duration.message;
  reportAt(context, {
    rule: "DOCKERFILE_INVALID_FLAG_VALUE",
    message: `--${name} ${message}`,
    span: value.span,
  });
  return undefined;
}

function readRetries(context: ReadContext, value: Word | undefined): number | undefined {
  if (value === undefined || value.text === "") return undefined;
  const retries = /^\+?\d+$/.test(value.text) ? Number(value.text) : Number.NaN;
  if (retries <= maxInt32) return retries === 0 ? undefined : retries;
  reportAt(context, {
    rule: "DOCKERFILE_INVALID_FLAG_VALUE",
    message: `--retries is ${quoted(value.text)}, expected a number from 0 to ${String(maxInt32)}`,
    span: value.span,
  });
  return undefined;
}

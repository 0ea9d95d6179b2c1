import { quoted } from "../diagnostics/quoted.js";
import { type MappedText, spanOfMapped } from "../tree/mapped-text.js";
import { readCommandLine } from "./command-line.js";
import type { MountSpec, RunInstruction, Word } from "./instruction.js";
import { readMountSpec } from "./mount-spec.js";
import { type ReadContext, reportAt } from "./read-context.js";
import { readDevice } from "./read-device.js";
import { type Flags, listFlag, readFlags, textFlag } from "./read-flags.js";
import { readMount } from "./read-mount.js";

const runFlags = { mount: "list", network: "text", security: "text", device: "list" } as const;
const networks = ["default", "none", "host"] as const;
const securities = ["sandbox", "insecure"] as const;

/** `RUN [flags] COMMAND` or `RUN [flags] ["arg", …]` */
export function readRun(context: ReadContext): RunInstruction {
  const flags = readFlags(context, runFlags);
  const mountValues = listFlag(flags, "mount");
  const mountSpecs =
    mountValues.length === 0 ? [] : mountValues.flatMap((value) => readMountSpec(context, value) ?? []);
  const { keyword, span, text, comments } = context.base;
  return {
    keyword,
    span,
    text,
    comments,
    kind: "run",
    command: readCommandLine(context),
    heredocs: context.heredocs,
    mountSpecs,
    mounts: readMounts(context, mountSpecs),
    network: readChoice({ context, flags, name: "network", choices: networks, fallback: "default" }),
    security: readChoice({ context, flags, name: "security", choices: securities, fallback: "sandbox" }),
    devices: listFlag(flags, "device").map((value) => readDeviceFlag(context, value)),
  };
}

function readMounts(context: ReadContext, specs: readonly MountSpec[]): RunInstruction["mounts"] {
  if (specs.length === 0) return [];
  return specs.flatMap((spec) => readMount(spec, "later", context.report) ?? []);
}

function readDeviceFlag(context: ReadContext, value: MappedText): Word {
  const problem = readDevice(value);
  if (problem !== undefined) {
    reportAt(context, {
      rule: "DOCKERFILE_INVALID_FLAG_VALUE",
      message: `--device ${problem}`,
      span: spanOfMapped(value),
    });
  }
  return { text: value.text, span: spanOfMapped(value) };
}

interface Choice<T extends string> {
  readonly context: ReadContext;
  readonly flags: Flags;
  readonly name: string;
  readonly choices: readonly T[];
  readonly fallback: T;
}

function readChoice<T extends string>({ context, flags, name, choices, fallback }: Choice<T>): T {
  const value = textFlag(flags, name);
  if (value === undefined) return fallback;
  const choice = choices.find((known) => known === value.text);
  if (choice !== undefined) return choice;
  reportAt(context, {
    rule: "DOCKERFILE_INVALID_FLAG_VALUE",
    message: `--${name} is ${quoted(value.text)}, expected ${choices.join(", ")}`,
    span: value.span,
  });
  return fallback;
}

import type {
  ArgInstruction,
  CmdInstruction,
  CommandLine,
  EntrypointInstruction,
  EnvInstruction,
  ExposeInstruction,
  HealthcheckInstruction,
  LabelInstruction,
  MaintainerInstruction,
  OnBuildInstruction,
  ShellInstruction,
  StopSignalInstruction,
  UserInstruction,
  VolumeInstruction,
} from "@oci-build/dockerfile";
import { parsePortSpec, parseSignal } from "@oci-build/dockerfile";
import { type Healthcheck, withShell } from "./container-config.js";
import { expandToText, expandToWords } from "./expand.js";
import { formatGoDuration } from "./go-duration.js";
import { PlanError } from "./plan-error.js";
import { recordHistory, type StageState } from "./stage-state.js";

/** ENV: all values see the environment from before the instruction. */
export function planEnv(state: StageState, instruction: EnvInstruction): void {
  const pairs = expandPairs(state, instruction);
  for (const [name, value] of pairs) {
    state.env.set(name, value);
    state.config.env.set(name, value);
  }
  recordHistory(state, `ENV ${joinPairs(pairs)}`);
}

export function planLabel(state: StageState, instruction: LabelInstruction): void {
  const pairs = expandPairs(state, instruction);
  for (const [name, value] of pairs) state.config.labels.set(name, value);
  recordHistory(state, `LABEL ${joinPairs(pairs)}`);
}

/** ARG: a `--build-arg`, else the default, else the global value of that name. Each name sees the ones before it. */
export function planArg(
  state: StageState,
  instruction: ArgInstruction,
  globalArgs: ReadonlyMap<string, string>,
): void {
  const told: string[] = [];
  for (const arg of instruction.args) {
    const name = arg.name.text;
    const value =
      state.input.buildArgs.get(name) ??
      (arg.default === undefined ? globalArgs.get(name) : expandToText(state, arg.default));
    if (value !== undefined) state.env.set(name, value);
    state.args.add(name);
    told.push(value === undefined ? name : `${name}=${value}`);
  }
  recordHistory(state, `ARG ${told.join(" ")}`);
}

export function planUser(state: StageState, instruction: UserInstruction): void {
  const user = expandToText(state, instruction.user);
  state.config = { ...state.config, user };
  recordHistory(state, `USER ${user}`);
}

export function planVolume(state: StageState, instruction: VolumeInstruction): void {
  const volumes = instruction.paths.map((path) => {
    const volume = expandToText(state, path);
    if (volume === "") throw new PlanError("DOCKERFILE_EMPTY_WORD", path.span, "VOLUME has an empty path");
    return volume;
  });
  for (const volume of volumes) state.config.volumes.add(volume);
  recordHistory(state, `VOLUME [${volumes.join(" ")}]`);
}

export function planExpose(state: StageState, instruction: ExposeInstruction): void {
  const ports = instruction.ports.flatMap((word) =>
    expandToWords(state, word).flatMap((text) => {
      const parsed = parsePortSpec(text);
      if (!parsed.ok) throw new PlanError("DOCKERFILE_INVALID_PORT", word.span, parsed.message);
      return parsed.ports;
    }),
  );
  for (const port of ports) state.config.exposedPorts.add(port);
  recordHistory(state, `EXPOSE [${ports.join(" ")}]`);
}

export function planStopSignal(state: StageState, instruction: StopSignalInstruction): void {
  const stopSignal = expandToText(state, instruction.signal);
  if (parseSignal(stopSignal) === undefined) {
    throw new PlanError(
      "DOCKERFILE_INVALID_SIGNAL",
      instruction.signal.span,
      `not a signal: ${JSON.stringify(stopSignal)}`,
      "Give a name such as SIGTERM or a number.",
    );
  }
  state.config = { ...state.config, stopSignal };
  recordHistory(state, `STOPSIGNAL ${stopSignal}`);
}

export function planHealthcheck(state: StageState, instruction: HealthcheckInstruction): void {
  const healthcheck = healthcheckConfig(instruction);
  state.config = { ...state.config, healthcheck };
  recordHistory(state, `HEALTHCHECK ${describeHealthcheck(healthcheck)}`);
}

export function planShell(state: StageState, instruction: ShellInstruction): void {
  state.config = { ...state.config, shell: instruction.args };
  recordHistory(state, `SHELL [${instruction.args.join(" ")}]`);
}

export function planCmd(state: StageState, instruction: CmdInstruction): void {
  const cmd = commandArguments(state, instruction.command);
  state.config = { ...state.config, cmd, argsEscaped: true };
  state.ownCmd = true;
  recordHistory(state, `CMD ${quoteArguments(cmd)}`);
}

/** ENTRYPOINT: a CMD that was inherited no longer fits and goes. */
export function planEntrypoint(state: StageState, instruction: EntrypointInstruction): void {
  const entrypoint = commandArguments(state, instruction.command);
  state.config = { ...state.config, entrypoint, cmd: state.ownCmd ? state.config.cmd : undefined };
  recordHistory(state, `ENTRYPOINT ${quoteArguments(entrypoint)}`);
}

export function planMaintainer(state: StageState, instruction: MaintainerInstruction): void {
  state.author = instruction.name.text;
  recordHistory(state, `MAINTAINER ${instruction.name.text}`);
}

/** ONBUILD: a trigger, and no line of history, as in BuildKit. */
export function planOnBuild(state: StageState, instruction: OnBuildInstruction): void {
  state.config.onBuild.push(instruction.trigger);
}

function expandPairs(state: StageState, instruction: EnvInstruction | LabelInstruction): [string, string][] {
  return instruction.pairs.map(({ key, value }) => [expandToText(state, key), expandToText(state, value)]);
}

function joinPairs(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([key, value]) => `${key}=${value}`).join(" ");
}

function commandArguments(state: StageState, command: CommandLine): readonly string[] {
  return command.form === "exec" ? command.args : withShell(state.config, state.platform.os, command.text);
}

function quoteArguments(args: readonly string[]): string {
  return `[${args.map((arg) => JSON.stringify(arg)).join(" ")}]`;
}

function healthcheckConfig(instruction: HealthcheckInstruction): Healthcheck {
  const { command } = instruction;
  if (command === undefined) return { Test: ["NONE"] };
  return {
    Test: command.form === "exec" ? ["CMD", ...command.args] : ["CMD-SHELL", command.text],
    ...(instruction.intervalNs ? { Interval: instruction.intervalNs } : {}),
    ...(instruction.timeoutNs ? { Timeout: instruction.timeoutNs } : {}),
    ...(instruction.startPeriodNs ? { StartPeriod: instruction.startPeriodNs } : {}),
    ...(instruction.startIntervalNs ? { StartInterval: instruction.startIntervalNs } : {}),
    ...(instruction.retries ? { Retries: instruction.retries } : {}),
  };
}

function describeHealthcheck(check: Healthcheck): string {
  const durations = [
    ["Interval", check.Interval],
    ["Timeout", check.Timeout],
    ["StartPeriod", check.StartPeriod],
    ["StartInterval", check.StartInterval],
  ] as const;
  const told = durations.map(([name, value]) => `${name}:${formatGoDuration(value ?? 0)}`);
  return `{Test:[${check.Test.join(" ")}] ${told.join(" ")} Retries:${check.Retries ?? 0}}`;
}

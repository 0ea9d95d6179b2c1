import { predefinedArgs, type RunInstruction, runScript } from "@oci-build/dockerfile";
import { cleanAbsolute } from "./clean-absolute.js";
import { withShell } from "./container-config.js";
import { formatPlatform } from "./global-args.js";
import { PlanError } from "./plan-error.js";
import { type MountScope, planMounts } from "./plan-mounts.js";
import { recordingScope } from "./recording-scope.js";
import type { PlannedMount, RunStep } from "./run-step.js";
import { nextStep, type StageState } from "./stage-state.js";
import type { InlineFile } from "./step.js";

/** RUN: everything about the step but the files that it sees.
 * @throws PlanError */
export function planRun(
  state: StageState,
  instruction: RunInstruction,
  originOf: MountScope["originOf"],
): void {
  const { config, input } = state;
  const scope = recordingScope(state);
  const { args, script } = commandOf(state, instruction);
  const cwd = cleanAbsolute(config.workingDir);
  const cacheNamespace = input.buildArgs.get("BUILDKIT_CACHE_MOUNT_NS");
  const mounts = planMounts(instruction, { scope, cwd, cacheNamespace, originOf });
  const step: RunStep = {
    ...nextStep(state, { ...instruction, more: heredocSummary(instruction) }, scope),
    kind: "run",
    variables: scope.variables(),
    args,
    script,
    env: commandEnvironment(state, mounts),
    argNames: new Set([...state.args].filter((name) => isArgument(state, name))),
    proxies: givenProxies(input.buildArgs),
    cwd,
    user: config.user,
    network: networkOf(instruction, state),
    security: securityOf(instruction, state),
    mounts,
    hostname: input.buildArgs.get("BUILDKIT_SANDBOX_HOSTNAME"),
    platform: formatPlatform(state.platform),
  };
  state.steps.push(step);
  state.history.push({ createdBy: runHistory(state, args), stepId: step.id });
}

interface RunCommand {
  readonly args: RunStep["args"];
  readonly script: InlineFile | undefined;
}

/** What is executed. As with BuildKit a script is run by the shell, which reads its first line through the kernel. */
function commandOf(state: StageState, instruction: RunInstruction): RunCommand {
  const found = runScript(instruction);
  if (found.kind === "exec") {
    const [program, ...args] = found.args;
    if (program !== undefined) return { args: [program, ...args], script: undefined };
    const { span } = instruction.command;
    throw new PlanError("DOCKERFILE_EMPTY_WORD", span, "RUN has no command");
  }
  if (found.kind === "shell") return { args: shellArguments(state, found.text), script: undefined };
  const name = `${scriptFolder(instruction)}/${found.name}`;
  return { args: shellArguments(state, name), script: { name, content: found.content } };
}

/** As BuildKit shows a command that is nothing but a here-document: by its first line. */
function heredocSummary(instruction: RunInstruction): string {
  const [heredoc] = instruction.heredocs;
  const found = runScript(instruction);
  if (heredoc === undefined || found.kind === "exec") return "";
  if (found.kind === "shell" && found.text !== heredoc.content) return "";
  const [first = "", ...others] = heredoc.content.trim().split(/\r?\n/);
  return ` (${first}${others.length === 0 ? "" : "..."})`;
}

/** Where scripts lie.
 * Differs: with BuildKit it is always /dev/pipes; with --security=insecure /dev is the host's own here, where nothing is to
 * be made, and it is /run/pipes. */
function scriptFolder({ security }: RunInstruction): string {
  return security === "insecure" ? "/run/pipes" : "/dev/pipes";
}

function shellArguments(state: StageState, text: string): RunStep["args"] {
  const [program = "", ...args] = withShell(state.config, state.platform.os, text);
  return [program, ...args];
}

/** All variables in scope, in one order whatever the Dockerfile's is: so the key can say exactly what the command sees. */
function commandEnvironment(
  { env }: StageState,
  mounts: readonly PlannedMount[],
): ReadonlyMap<string, string> {
  const agent = mounts.find((mount) => mount.type === "ssh");
  const socket: [string, string][] =
    agent === undefined || env.has("SSH_AUTH_SOCK") ? [] : [["SSH_AUTH_SOCK", agent.target]];
  return new Map([...env, ...socket].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function isArgument({ env, config }: StageState, name: string): boolean {
  const value = env.get(name);
  return value !== undefined && config.env.get(name) !== value;
}

/** The proxies among the build arguments, each in both spellings, as with BuildKit. */
function givenProxies(buildArgs: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const proxies = new Map<string, string>();
  for (const name of predefinedArgs.proxy) {
    const value =
      buildArgs.get(name) ||
      otherCases(name)
        .map((other) => buildArgs.get(other))
        .find(Boolean);
    if (value) proxies.set(name, value);
  }
  return proxies;
}

function otherCases(name: string): readonly string[] {
  return [name.toUpperCase(), name.toLowerCase()];
}

/** @throws PlanError RUN_NOT_ALLOWED */
function networkOf(instruction: RunInstruction, { input }: StageState): RunStep["network"] {
  const { network } = instruction;
  if (network === "default") return input.run.network;
  if (network === "host" && !input.run.allow.has("network.host")) {
    throw notAllowed(instruction, "--network=host", "network.host");
  }
  return network;
}

/** @throws PlanError RUN_NOT_ALLOWED */
function securityOf(instruction: RunInstruction, { input }: StageState): RunStep["security"] {
  const { security } = instruction;
  if (security === "insecure" && !input.run.allow.has("security.insecure")) {
    throw notAllowed(instruction, "--security=insecure", "security.insecure");
  }
  return security;
}

function notAllowed({ span }: RunInstruction, flag: string, entitlement: string): PlanError {
  return new PlanError(
    "RUN_NOT_ALLOWED",
    span,
    `RUN ${flag} is not allowed unless the builder says so, too`,
    `Add --allow=${entitlement} if you trust this Dockerfile with it.`,
  );
}

/** As BuildKit tells it: the arguments that the stage declares with their values, then the command. */
function runHistory({ args: declared, env }: StageState, args: readonly string[]): string {
  const told = [...declared].map((name) => `${name}=${env.get(name) ?? ""}`);
  const counted = told.length === 0 ? [] : [`|${told.length}`, ...told];
  return ["RUN", ...counted, ...args, "# buildkit"].join(" ");
}

import { parseByteSize, parseDuration } from "@oci-build/dockerfile";
import { choiceOf, optionInvalid } from "../options/option-invalid.js";
import { entitlements, executorChoices, runNetworks } from "../options/run-choices.js";
import type { HostEntry, RunOptions, RunUlimit } from "../options/run-options.js";
import type { BuildFlags } from "./build-flags.js";
import { parseAgents, parseSecrets } from "./secret-flags.js";
import type { CliProcess } from "./terminal.js";

const NS_PER_MS = 1_000_000;

/** The flags of RUN as the command line or the configuration file gives them. */
type RunTexts = Pick<
  BuildFlags,
  "addHost" | "allow" | "executor" | "network" | "runTimeout" | "secret" | "shmSize" | "ssh" | "ulimit"
>;

/** What flags say of RUN, in the words of buildx.
 * @throws OciBuildError OPTION_INVALID */
export function runFlags(flags: RunTexts, env: CliProcess["env"]): RunOptions {
  const { network, executor, shmSize, runTimeout } = flags;
  return {
    secrets: parseSecrets(flags.secret ?? [], env),
    ssh: parseAgents(flags.ssh ?? []),
    allow: listed(flags.allow).map((text) => choiceOf("--allow", text, entitlements)),
    network: network === undefined ? undefined : choiceOf("--network", network, runNetworks),
    addHosts: (flags.addHost ?? []).map(parseHost),
    shmSize: shmSize === undefined ? undefined : parseShmSize(shmSize),
    ulimits: (flags.ulimit ?? []).map(parseUlimit),
    executor: executor === undefined ? undefined : choiceOf("--executor", executor, executorChoices),
    runTimeoutMs: runTimeout === undefined ? undefined : parseTimeout(runTimeout),
  };
}

/** Values that may stand in one argument with commas between them. */
function listed(texts: readonly string[] = []): readonly string[] {
  return texts.flatMap((text) => text.split(",")).filter((text) => text !== "");
}

/** `NAME=ADDRESS` or `NAME:ADDRESS`; brackets around an IPv6 address are taken off. */
function parseHost(text: string): HostEntry {
  const at = text.includes("=") ? text.indexOf("=") : text.indexOf(":");
  if (at < 1) throw optionInvalid("--add-host", text, "a host is written as name=address");
  return { name: text.slice(0, at), address: text.slice(at + 1).replace(/^\[(.*)\]$/s, "$1") };
}

function parseShmSize(text: string): number | undefined {
  const bytes = parseByteSize(text);
  if (bytes === undefined)
    throw optionInvalid("--shm-size", text, "a size is a number with a unit, such as 256m");
  // As with Docker, 0 is the default.
  return bytes === 0 ? undefined : bytes;
}

/** `NAME=SOFT[:HARD]`. */
function parseUlimit(text: string): RunUlimit {
  const [, name, soft, hard] = /^([^=]+)=(-1|\d+)(?::(-1|\d+))?$/.exec(text) ?? [];
  if (name === undefined || soft === undefined) {
    throw optionInvalid("--ulimit", text, "a limit is written as name=soft or name=soft:hard");
  }
  return { name, soft: Number(soft), hard: hard === undefined ? undefined : Number(hard) };
}

function parseTimeout(text: string): number {
  const parsed = parseDuration(text);
  if (parsed.ok) return Math.ceil(parsed.ns / NS_PER_MS);
  throw optionInvalid("--run-timeout", text, "a timeout is a duration, such as 90s or 10m");
}

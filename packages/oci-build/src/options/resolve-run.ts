import path from "node:path";
import { choiceOf, optionInvalid } from "./option-invalid.js";
import { checkSecretFile, type SecretSource } from "./read-secret.js";
import { type AgentSource, resolveAgent } from "./resolve-agent.js";
import { entitlements, executorChoices, runNetworks } from "./run-choices.js";
import { resolveHosts } from "./run-hosts.js";
import type {
  BuildSecret,
  Entitlement,
  ExecutorChoice,
  FailedRun,
  HostEntry,
  RunNetwork,
  RunOptions,
} from "./run-options.js";
import { type ResolvedUlimit, resolveUlimits } from "./run-ulimits.js";

/** Options for RUN with every default filled in and every value checked. */
export interface ResolvedRun {
  /** By id. `secretReader` reads them. */
  readonly secrets: ReadonlyMap<string, SecretSource>;
  /** By id. `openAgents` opens them. */
  readonly ssh: ReadonlyMap<string, AgentSource>;
  readonly allow: ReadonlySet<Entitlement>;
  /** For each RUN that says nothing. */
  readonly network: RunNetwork;
  /** Addresses are IP addresses. */
  readonly hosts: readonly HostEntry[];
  readonly shmSizeBytes: number | undefined;
  readonly ulimits: readonly ResolvedUlimit[];
  readonly executor: ExecutorChoice;
  readonly timeoutMs: number | undefined;
  readonly onFailedStep: ((failed: FailedRun) => Promise<void>) | undefined;
}

/** Longer ones fire at once: a timer's delay is a signed 32-bit number. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

/** @throws OciBuildError OPTION_INVALID, BUILD_FILE_UNREADABLE for a secret's file that is not there */
export function resolveRun(
  options: RunOptions,
  env: Readonly<Record<string, string | undefined>>,
): ResolvedRun {
  const { network = "default", executor = "auto" } = options;
  return {
    secrets: new Map(
      Object.entries(options.secrets ?? {}).map(([id, secret]) => [id, secretSource(id, secret)]),
    ),
    ssh: new Map(Object.entries(options.ssh ?? {}).map(([id, given]) => [id, resolveAgent(id, given, env)])),
    allow: allowed(options.allow ?? [], network),
    network: choiceOf("--network", network, runNetworks),
    hosts: resolveHosts(options.addHosts ?? []),
    shmSizeBytes: shmSizeBytes(options.shmSize),
    ulimits: resolveUlimits(options.ulimits ?? []),
    executor: choiceOf("--executor", executor, executorChoices),
    timeoutMs: timeoutMs(options.runTimeoutMs),
    onFailedStep: options.onFailedStep,
  };
}

function secretSource(id: string, secret: BuildSecret): SecretSource {
  if (id === "") throw optionInvalid("--secret", "", "a secret needs an id");
  if ("file" in secret) {
    const file = path.resolve(secret.file);
    checkSecretFile(id, file);
    return { kind: "file", path: file };
  }
  if ("env" in secret) return { kind: "env", name: secret.env };
  const { value } = secret;
  return { kind: "value", bytes: typeof value === "string" ? new TextEncoder().encode(value) : value };
}

/** As with buildx, a builder whose own network is the host's allows it. */
function allowed(given: readonly Entitlement[], network: RunNetwork): ReadonlySet<Entitlement> {
  for (const entitlement of given) choiceOf("--allow", entitlement, entitlements);
  return new Set([...given, ...(network === "host" ? (["network.host"] as const) : [])]);
}

function shmSizeBytes(size: number | undefined): number | undefined {
  if (size === undefined || (Number.isSafeInteger(size) && size > 0)) return size;
  throw optionInvalid("--shm-size", String(size), "a size is a whole number of bytes above 0");
}

function timeoutMs(timeout: number | undefined): number | undefined {
  if (timeout === undefined || (Number.isSafeInteger(timeout) && timeout > 0 && timeout <= TIMEOUT_MAX_MS)) {
    return timeout;
  }
  throw optionInvalid("--run-timeout", String(timeout), "a timeout is 1 ms to 24 days");
}

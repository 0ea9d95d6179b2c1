import type { ServeConnection } from "@oci-build/executor";
import { buildError } from "../errors.js";
import { readNamedFile } from "../input/read-named-file.js";
import type { AgentSource } from "../options/resolve-agent.js";
import { type KeyProblem, KeyProblemError } from "./key-problem.js";
import { parsePrivateKey } from "./parse-private-key.js";
import { serveAgent } from "./serve-agent.js";
import { serveKeys } from "./serve-keys.js";
import type { SshKey } from "./ssh-key.js";

/** As BuildKit.
 * @see https://github.com/moby/buildkit/blob/v0.29.0/session/sshforward/sshprovider/agentprovider.go */
const KEY_FILE_MAX_BYTES = 100 * 1024;

/** What serves the agents of a build, by id. Keys are read now, and are held in memory alone.
 * @throws OciBuildError BUILD_FILE_UNREADABLE, RUN_SSH_KEY_UNUSABLE */
export async function openAgents(
  sources: ReadonlyMap<string, AgentSource>,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, ServeConnection>> {
  const agents = new Map<string, ServeConnection>();
  for (const [id, source] of sources) agents.set(id, await openAgent(id, source, signal));
  return agents;
}

async function openAgent(
  id: string,
  source: AgentSource,
  signal: AbortSignal | undefined,
): Promise<ServeConnection> {
  if (source.kind === "socket") return serveAgent(source.path);
  const keys: SshKey[] = [];
  for (const path of source.paths) keys.push(await readKey(id, path, signal));
  return serveKeys(keys);
}

async function readKey(id: string, path: string, signal: AbortSignal | undefined): Promise<SshKey> {
  try {
    const bytes = (await readNamedFile(path, { limitBytes: KEY_FILE_MAX_BYTES, signal })) ?? Buffer.alloc(0);
    if (bytes.length <= KEY_FILE_MAX_BYTES) return parsePrivateKey(bytes);
    throw new KeyProblemError("malformed", `it has more than ${KEY_FILE_MAX_BYTES} bytes`);
  } catch (error) {
    throw error instanceof KeyProblemError ? keyUnusable(id, path, error) : error;
  }
}

const hints: Readonly<Record<KeyProblem, string>> = {
  encrypted:
    'Give the key to an agent, which asks for the passphrase: eval "$(ssh-agent)" && ssh-add KEY; then --ssh default takes it.',
  public: "Name the private key, whose name mostly is the same without .pub.",
  unsupported: "Use an Ed25519, ECDSA or RSA key, or an agent that has this one.",
  malformed: "Name a private key as ssh-keygen makes them, or the socket of an agent.",
};

function keyUnusable(id: string, path: string, { problem, message, cause }: KeyProblemError): Error {
  return buildError("RUN_SSH_KEY_UNUSABLE", {
    message: `cannot use ${path} as a key of the SSH agent ${id}: ${message}`,
    data: { id, path, problem },
    hint: hints[problem],
    cause,
  });
}

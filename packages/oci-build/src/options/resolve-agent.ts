import path from "node:path";
import { statIfThere } from "../input/stat-if-there.js";
import { optionInvalid } from "./option-invalid.js";

/** Where an agent's keys are: with an agent of the host, or in files. Paths are absolute, and nothing is read yet. */
export type AgentSource =
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "keys"; readonly paths: readonly string[] };

const AGENT_HINT =
  'Start an agent and give it the key: eval "$(ssh-agent)" && ssh-add KEY; then --ssh default takes it. Or name a file: --ssh default=KEY.';

/** As with buildx: a socket, or files with keys; nothing, or an empty text, is what SSH_AUTH_SOCK names.
 * @throws OciBuildError OPTION_INVALID, BUILD_FILE_UNREADABLE */
export function resolveAgent(
  id: string,
  given: string | readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): AgentSource {
  if (id === "") throw optionInvalid("--ssh", "", "an agent needs an id");
  const listed = typeof given === "string" ? [given] : given;
  const isDefault = listed.length === 0 || (listed.length === 1 && listed[0] === "");
  const paths = isDefault ? [socketOf(id, env)] : listed;
  const sockets = paths.filter((file) => kindOf(id, file) === "socket");
  const [socket] = sockets;
  const absolute = paths.map((file) => path.resolve(file));
  if (socket === undefined) return { kind: "keys", paths: absolute };
  if (paths.length === 1) return { kind: "socket", path: path.resolve(socket) };
  const problem = `${socket} is a socket, beside which nothing else can be given`;
  throw optionInvalid("--ssh", `${id}=${paths.join(",")}`, problem);
}

function socketOf(id: string, env: Readonly<Record<string, string | undefined>>): string {
  const socket = env["SSH_AUTH_SOCK"];
  if (socket !== undefined && socket !== "") return socket;
  throw optionInvalid("--ssh", id, "SSH_AUTH_SOCK is not set, so that there is no agent", AGENT_HINT);
}

/** What is neither a socket nor a folder can be read, a pipe as well. */
function kindOf(id: string, file: string): "socket" | "keys" {
  const stats = file === "" ? undefined : statIfThere(file);
  if (stats?.isSocket() === true) return "socket";
  if (stats?.isDirectory() === false) return "keys";
  const problem = stats === undefined ? "there is no such socket or file" : "that is a folder";
  throw optionInvalid("--ssh", `${id}=${file}`, problem, AGENT_HINT);
}

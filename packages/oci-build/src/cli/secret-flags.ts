import { optionInvalid } from "../options/option-invalid.js";
import type { BuildSecret, RunOptions } from "../options/run-options.js";
import { splitCsv } from "./split-csv.js";
import type { CliProcess } from "./terminal.js";

const SECRET_HINT = "Write --secret id=NAME,src=FILE or --secret id=NAME,env=VARIABLE.";
const SSH_HINT = "Write --ssh default, --ssh NAME=SOCKET, or --ssh NAME=KEY,KEY with files of keys.";

/** The secrets of `--secret`, by id; of an id that is given again the last counts.
 * @throws OciBuildError OPTION_INVALID */
export function parseSecrets(
  texts: readonly string[],
  env: CliProcess["env"],
): Readonly<Record<string, BuildSecret>> {
  return Object.fromEntries(texts.map((text) => parseSecret(text, env)));
}

const KEYS: ReadonlyMap<string, string> = new Map([
  ["type", "type"],
  ["id", "id"],
  ["src", "src"],
  ["source", "src"],
  ["env", "env"],
]);

/** As buildx reads it: with neither a file nor a variable, the variable with the name of the id if it is set, else the
 * file of that name. `type=env` makes a name of a variable of `src`. */
function parseSecret(text: string, env: CliProcess["env"]): [string, BuildSecret] {
  const fields = readFields(text);
  const [type, id = "", src, name] = ["type", "id", "src", "env"].map((key) => fields.get(key) ?? undefined);
  if (type !== undefined && type !== "file" && type !== "env") {
    throw optionInvalid("--secret", text, `the type ${type} is neither file nor env`, SECRET_HINT);
  }
  if (id === "") throw optionInvalid("--secret", text, "a secret needs an id", SECRET_HINT);
  if (src !== undefined && name !== undefined) {
    throw optionInvalid("--secret", text, "a secret is in a file or in a variable", SECRET_HINT);
  }
  const variable = name ?? (type === "env" ? (src ?? id) : undefined);
  if (variable !== undefined) return [id, { env: variable }];
  if (src !== undefined) return [id, { file: src }];
  return [id, type === undefined && env[id] !== undefined ? { env: id } : { file: id }];
}

function readFields(text: string): ReadonlyMap<string, string> {
  const parts = splitCsv(text);
  if (parts === undefined)
    throw optionInvalid("--secret", text, "a quote stands inside a field", SECRET_HINT);
  const fields = new Map<string, string>();
  for (const part of parts) {
    const equals = part.indexOf("=");
    const given = part.slice(0, Math.max(equals, 0)).toLowerCase();
    const key = KEYS.get(given);
    // The field stays untold: who writes `--secret id=token,s3cr3t` has put the secret itself there.
    if (key === undefined)
      throw optionInvalid("--secret", "…", `it has fields besides id, type, src and env`, SECRET_HINT);
    if (equals < part.length - 1) fields.set(key, part.slice(equals + 1));
  }
  return fields;
}

/** The agents of `--ssh`, by id, each with its socket or its keys' files; the empty text is SSH_AUTH_SOCK's.
 * @throws OciBuildError OPTION_INVALID */
export function parseAgents(texts: readonly string[]): NonNullable<RunOptions["ssh"]> {
  const agents = new Map<string, readonly string[]>();
  for (const text of texts) {
    const [id, paths] = parseAgent(text);
    // As with BuildKit: a second key that takes the first one's place is not what was meant.
    if (agents.has(id)) throw optionInvalid("--ssh", text, `${id} is given twice`, SSH_HINT);
    agents.set(id, paths);
  }
  return Object.fromEntries(agents);
}

function parseAgent(text: string): [string, readonly string[]] {
  const equals = text.indexOf("=");
  const id = equals < 0 ? text : text.slice(0, equals);
  const paths = equals < 0 ? [""] : splitCsv(text.slice(equals + 1));
  if (id !== "" && paths !== undefined) return [id, paths];
  throw optionInvalid("--ssh", text, "it names no agent", SSH_HINT);
}

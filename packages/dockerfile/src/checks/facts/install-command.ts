import { shellCommands } from "./shell-commands.js";

/** Each tool and those of its commands that install dependencies from a lock file or manifest. */
const installers: ReadonlyMap<string, readonly string[]> = new Map(
  [
    "npm ci install i clean-install",
    "pnpm install i fetch",
    "yarn install workspaces",
    "bun install i",
    "pip install",
    "pip3 install",
    "poetry install",
    "pipenv install sync",
    "uv sync",
    "bundle install",
    "bundler install",
    "composer install",
    "cargo fetch",
    "go mod get",
  ].map((line) => {
    const [tool = "", ...verbs] = line.split(" ");
    return [tool, verbs];
  }),
);

const pythonTools: ReadonlySet<string> = new Set(["pip", "pip3"]);

const anyTool = /\b(?:npm|pnpm|yarn|bun|pip3?|poetry|pipenv|uv|bundler?|composer|cargo|go)\b/;

/** The tools with which a script installs dependencies, in order. */
export function installTools(script: string): readonly string[] {
  if (!anyTool.test(script)) return [];
  return shellCommands(script).flatMap((words) => installTool(words) ?? []);
}

/** The tool with which a command installs the dependencies of a project; undefined for any other command. That which
 * installs the project itself (`pip install .`, `go install`) needs the sources, and is none. */
function installTool(words: readonly string[]): string | undefined {
  const [tool = "", ...rest] =
    /^python3?$/.test(words[0] ?? "") && words[1] === "-m" ? words.slice(2) : words;
  const known = installers.get(tool);
  if (known === undefined) return undefined;
  const args = rest.filter((word) => !word.startsWith("-"));
  const [verb] = args;
  if (verb === undefined) return tool === "yarn" && !rest.includes("--version") ? tool : undefined;
  if (!known.includes(verb) || (tool === "go" && verb === "mod" && args[1] !== "download")) return undefined;
  return pythonTools.has(tool) &&
    args.slice(1).some((word) => /^\.{0,2}\//.test(word) || word === "." || word.startsWith(".["))
    ? undefined
    : tool;
}

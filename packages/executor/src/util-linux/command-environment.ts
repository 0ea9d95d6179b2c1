import { resolvePath, type Snapshot } from "@oci-build/snapshot";
import { executorError } from "../errors.js";
import { isHarmlessName } from "./guarded-names.js";

/** A command line inside the root, and the environment that it is started with. */
export interface CommandStart {
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
}

interface Command {
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly tree: Pick<Snapshot, "get">;
}

type Variables = readonly (readonly [string, string])[];

/** How a command gets exactly `env`, although programs of the host run before it that must not see all of it: the rest
 * is set by a program of the image.
 * @throws OciBuildError EXECUTOR_ENV_UNSETTABLE when the image has none that can */
export function commandStart({ args, env, tree }: Command): CommandStart {
  const guarded = [...env].filter(([name]) => !isHarmlessName(name));
  if (guarded.length === 0) return { args, env };
  const rest = new Map([...env].filter(([name]) => isHarmlessName(name)));
  return { args: setInside(args, guarded, tree), env: rest };
}

function setInside(
  args: readonly string[],
  variables: Variables,
  tree: Pick<Snapshot, "get">,
): readonly string[] {
  const env = findProgram(tree, ["/usr/bin/env", "/bin/env"]);
  const isTakenAsVariable = args[0]?.includes("=") === true;
  if (env !== undefined && !isTakenAsVariable && variables.every(([name]) => !name.startsWith("-"))) {
    return [env, ...variables.map(([name, value]) => `${name}=${value}`), ...args];
  }
  const shell = findProgram(tree, ["/bin/sh"]);
  if (shell !== undefined && variables.every(([name]) => canExport(name)))
    return exportInside(shell, args, variables);
  throw unsettable(variables.map(([name]) => name));
}

/** The values are arguments: nothing of them is read as a shell's text. */
function exportInside(shell: string, args: readonly string[], variables: Variables): readonly string[] {
  const lines = variables.map(([name]) => `${name}=$1 && export ${name} && shift`);
  const script = [...lines, 'exec "$@"'].join(" && ");
  return [shell, "-c", script, shell, ...variables.map(([, value]) => value), ...args];
}

/** What shells keep to themselves is not to be had that way. */
function canExport(name: string): boolean {
  return (
    isHarmlessName(name) ||
    /^(LD_|GLIBC_|MALLOC_)[A-Z_]+$/.test(name) ||
    ["TMPDIR", "TZ", "TZDIR"].includes(name)
  );
}

function findProgram(tree: Pick<Snapshot, "get">, paths: readonly string[]): string | undefined {
  return paths.find((path) => {
    const { entry } = resolvePath(tree, path, "follow-last");
    return entry?.type === "file" && (entry.mode & 0o111) !== 0;
  });
}

function unsettable(names: readonly string[]): Error {
  return executorError("EXECUTOR_ENV_UNSETTABLE", {
    message: `cannot set ${names.join(", ")} for a command: the image has no /usr/bin/env that would do it`,
    data: { names },
    hint: "Use an image with env, choose another executor, or set the variable within the command.",
  });
}

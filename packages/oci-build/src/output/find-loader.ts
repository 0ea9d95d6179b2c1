import { spawn } from "node:child_process";
import { buildError } from "../errors.js";
import type { ResolvedOutput } from "../options/resolve-outputs.js";
import { childEnding } from "./child-ending.js";
import { TextTail } from "./text-tail.js";

/** What loads images from its standard input with `load`: Docker's or podman's command. */
export interface Loader {
  readonly program: "docker" | "podman";
  /** Stand before `load`. */
  readonly args: readonly string[];
}

/** How programs are started. */
export interface LoaderContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal | undefined;
}

/** A daemon that does not answer must not hold a build for ever. */
const ANSWER_TIMEOUT_MS = 20_000;

/** What an output that is loaded needs: asked before anything is built. */
export async function findLoaders(
  outputs: readonly ResolvedOutput[],
  context: LoaderContext,
): Promise<ReadonlyMap<ResolvedOutput, Loader>> {
  const loaders = new Map<ResolvedOutput, Loader>();
  for (const output of outputs) {
    if (output.kind === "load") loaders.set(output, await findLoader(output.context, context));
  }
  return loaders;
}

/** The first of docker and podman that is there and works; with a context only Docker has a meaning.
 * @throws OciBuildError OUTPUT_LOADER_MISSING */
async function findLoader(context: string | undefined, running: LoaderContext): Promise<Loader> {
  const candidates: readonly Loader[] =
    context === undefined
      ? [
          { program: "docker", args: [] },
          { program: "podman", args: [] },
        ]
      : [{ program: "docker", args: ["--context", context] }];
  const tried: { program: Loader["program"]; problem: string }[] = [];
  for (const loader of candidates) {
    const problem = await problemOf(loader, running);
    running.signal?.throwIfAborted();
    if (problem === undefined) return loader;
    tried.push({ program: loader.program, problem });
  }
  const told = tried.map(({ program, problem }) => `${program}: ${problem}`).join("; ");
  throw buildError("OUTPUT_LOADER_MISSING", {
    message: `nothing to load the image into: ${told}`,
    data: { tried },
    hint: "Start Docker, install podman, or write a file with --output type=docker,dest=FILE.",
  });
}

/** Why a program cannot load, or undefined when it can. `version` asks Docker's daemon; podman has none. */
async function problemOf(
  { program, args }: Loader,
  { env, signal }: LoaderContext,
): Promise<string | undefined> {
  const child = spawn(program, [...args, "version"], {
    ...{ env: { ...env }, signal, timeout: ANSWER_TIMEOUT_MS, killSignal: "SIGKILL" },
    ...{ stdio: ["ignore", "ignore", "pipe"], windowsHide: true },
  });
  const stderr = new TextTail();
  child.stderr.on("data", (bytes: Buffer) => stderr.add(bytes));
  const { exitCode, problem } = await childEnding(child);
  if (exitCode === 0) return undefined;
  return stderr.lastLine() ?? problem ?? `exit code ${exitCode}`;
}

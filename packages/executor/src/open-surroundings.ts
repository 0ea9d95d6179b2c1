import { chooseBackend } from "./choose-backend.js";
import type { OpenExecutorOptions } from "./executor-options.js";
import { type FoundExecutor, keepExecutor, knownExecutor } from "./known-executor.js";
import { findPrograms, programEnv } from "./space/find-programs.js";
import type { HostFacts } from "./space/host-facts.js";
import type { ExecutorObstacle } from "./space/obstacle.js";
import { openHost, openUserSpace } from "./space/open-host.js";
import { type OpenedIdSpace, ownIdSpace } from "./space/open-id-space.js";

/** An executor's surroundings, opened; the caller closes `space`. */
export interface OpenSurroundings extends OpenedIdSpace {
  readonly found: FoundExecutor;
  readonly facts: HostFacts;
}

type Obstructed = { readonly obstacle: ExecutorObstacle };

/** Finds out by trying what an executor would be, and keeps it. */
export async function findExecutor(options: OpenExecutorOptions): Promise<FoundExecutor | Obstructed> {
  const opened = await openByTrying(options);
  if (opened.obstacle !== undefined) return opened;
  await opened.space[Symbol.asyncDispose]();
  return opened.found;
}

/** Opens what an executor needs of the host: as it is known, else by trying. */
export async function openSurroundings(options: OpenExecutorOptions): Promise<OpenSurroundings | Obstructed> {
  const known = knownExecutor(options);
  const opened = known === undefined ? undefined : await openAsKnown(known, options);
  return opened ?? (await openByTrying(options));
}

async function openByTrying(options: OpenExecutorOptions): Promise<OpenSurroundings | Obstructed> {
  const host = await openHost(options);
  if (host.obstacle !== undefined) return host;
  const { space, facts } = host;
  try {
    const chosen = await chooseBackend({ ...options, space, programs: facts.programs });
    if (chosen.obstacle === undefined) {
      const { name, warnings } = chosen;
      const found = { name, mapping: space.mapping, origin: host.origin, overlay: facts.overlay, warnings };
      await keepExecutor(options, found);
      return { ...host, found };
    }
    await space[Symbol.asyncDispose]();
    return chosen;
  } catch (error) {
    await space[Symbol.asyncDispose]();
    throw error;
  }
}

/** Undefined when the id space is another one than it was. */
async function openAsKnown(
  found: FoundExecutor,
  options: OpenExecutorOptions,
): Promise<OpenSurroundings | undefined> {
  const { programs } = findPrograms(options.env);
  const context = { programs, env: programEnv(options.env), signal: options.signal };
  const opened = found.origin === "own" ? ownIdSpace() : await openUserSpace(context);
  if (opened.obstacle !== undefined) return undefined;
  if (opened.space.mapping === found.mapping) {
    return { ...opened, found, facts: { programs, overlay: found.overlay } };
  }
  await opened.space[Symbol.asyncDispose]();
  return undefined;
}

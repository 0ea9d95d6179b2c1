import { chooseBackend, runtimesOf } from "./choose-backend.js";
import type { Executor } from "./executor.js";
import type { ExecutorWarning, OpenExecutorOptions } from "./executor-options.js";
import { findProgram, findPrograms, programEnv } from "./space/find-programs.js";
import type { HostFacts, OverlayFacts } from "./space/host-facts.js";
import { readStamp, type StampScope, writeStamp } from "./space/host-stamp.js";
import type { IdMapping } from "./space/id-space.js";
import type { ExecutorObstacle } from "./space/obstacle.js";
import { openHost, openUserSpace } from "./space/open-host.js";
import { type OpenedIdSpace, ownIdSpace } from "./space/open-id-space.js";

/** What an executor on this host would be. JSON-safe, since it is kept. */
export interface FoundExecutor {
  readonly name: Executor["name"];
  readonly mapping: IdMapping;
  readonly origin: OpenedIdSpace["origin"];
  readonly overlay: OverlayFacts | undefined;
  readonly warnings: readonly ExecutorWarning[];
  readonly obstacle?: undefined;
}

/** An executor's surroundings, opened; the caller closes `space`. */
export interface OpenedHost extends OpenedIdSpace {
  readonly found: FoundExecutor;
  readonly facts: HostFacts;
}

type Obstructed = { readonly obstacle: ExecutorObstacle };

/** Says what an executor would be: as it was found out before, as long as nothing has changed, else by trying. */
export async function findExecutor(options: OpenExecutorOptions): Promise<FoundExecutor | Obstructed> {
  const kept = readStamp(scopeOf(options)) as FoundExecutor | undefined;
  if (kept !== undefined) return kept;
  const opened = await openByTrying(options);
  if (opened.obstacle !== undefined) return opened;
  await opened.space[Symbol.asyncDispose]();
  return opened.found;
}

/** Opens what an executor needs of the host. */
export async function openFound(options: OpenExecutorOptions): Promise<OpenedHost | Obstructed> {
  const kept = readStamp(scopeOf(options)) as FoundExecutor | undefined;
  const opened = kept === undefined ? undefined : await openAsKept(kept, options);
  return opened ?? (await openByTrying(options));
}

async function openByTrying(options: OpenExecutorOptions): Promise<OpenedHost | Obstructed> {
  const host = await openHost(options);
  if (host.obstacle !== undefined) return host;
  const { space, facts } = host;
  try {
    const chosen = await chooseBackend({ ...options, space, programs: facts.programs });
    if (chosen.obstacle === undefined) {
      const { name, warnings } = chosen;
      const found = { name, mapping: space.mapping, origin: host.origin, overlay: facts.overlay, warnings };
      await writeStamp(scopeOf(options), found);
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
async function openAsKept(
  found: FoundExecutor,
  options: OpenExecutorOptions,
): Promise<OpenedHost | undefined> {
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

/** The programs that it depends on what was found: those that are started, and those that were passed over. */
function scopeOf({ dir, choice, env }: OpenExecutorOptions): StampScope {
  const others = [...runtimesOf(choice), "newuidmap", "newgidmap"];
  const paths = others.map((name) => findProgram(name, env) ?? name);
  return { dir, choice, programs: [...Object.values(findPrograms(env).programs), ...paths] };
}

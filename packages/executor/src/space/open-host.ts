import { blockingSettings } from "./blocking-settings.js";
import { findPrograms, programEnv } from "./find-programs.js";
import { firstLine } from "./first-line.js";
import type { HostFacts } from "./host-facts.js";
import type { ExecutorObstacle } from "./obstacle.js";
import { type IdSpaceOptions, type OpenedIdSpace, openUserIdSpace, ownIdSpace } from "./open-id-space.js";
import { probeHost } from "./probe-host.js";
import { NamespaceRefused } from "./user-namespace.js";

/** What a host is opened with: the folder of the executor, and the caller's environment. */
export interface OpenHostOptions {
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/** An id space in which commands can run, and what is known of the host from inside it. */
export interface OpenHost extends OpenedIdSpace {
  readonly facts: HostFacts;
}

/** Opens the best id space in which commands can run: its own for root that may mount, else a new user namespace.
 * Gives what is in the way where there is none. */
export async function openHost(
  options: OpenHostOptions,
): Promise<OpenHost | { readonly obstacle: ExecutorObstacle }> {
  if (process.platform !== "linux") return { obstacle: { kind: "platform", platform: process.platform } };
  const { programs, missing } = findPrograms(options.env);
  if (missing.length > 0) return { obstacle: { kind: "programs-missing", programs: missing } };
  const context = { programs, env: programEnv(options.env), dir: options.dir, signal: options.signal };
  if (process.geteuid?.() === 0) {
    const host = await tryIn(ownIdSpace(), context);
    if (host.obstacle === undefined) return host;
  }
  const opened = await openUserSpace(context);
  return opened.obstacle === undefined ? await tryIn(opened, context) : opened;
}

type HostContext = IdSpaceOptions & { readonly dir: string };

/** Opens a user namespace, or gives what is in the way. */
export async function openUserSpace(
  context: IdSpaceOptions,
): Promise<OpenedIdSpace | { readonly obstacle: ExecutorObstacle }> {
  try {
    return await openUserIdSpace(context);
  } catch (error) {
    if (!(error instanceof NamespaceRefused)) throw error;
    const detail = firstLine(error.message);
    return { obstacle: { kind: "namespaces-refused", detail, settings: blockingSettings() } };
  }
}

async function tryIn(
  opened: OpenedIdSpace,
  context: HostContext,
): Promise<OpenHost | { readonly obstacle: ExecutorObstacle }> {
  const { space } = opened;
  try {
    const result = await probeHost({ ...context, space });
    if (result.facts !== undefined) return { ...opened, facts: result.facts };
    await space[Symbol.asyncDispose]();
    return result;
  } catch (error) {
    await space[Symbol.asyncDispose]();
    throw error;
  }
}

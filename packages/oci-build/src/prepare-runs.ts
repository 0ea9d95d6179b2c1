import type { BuildSession, RunContext } from "./build-session.js";
import { type PreparedBuild, prepareOnImages, type ReadBuild } from "./prepare-build.js";

/** Makes sure that commands can be run before any image is asked for, and once more when images bring commands, or
 * another platform. */
export async function prepareRuns(
  read: ReadBuild,
  early: PreparedBuild | undefined,
  { session, emit }: Pick<RunContext, "emit"> & { readonly session: BuildSession },
): Promise<PreparedBuild> {
  await session.executors.check((early ?? read).runs);
  if (early !== undefined) return early;
  const prepared = await prepareOnImages(read, session.images, emit);
  const own = read.options.buildPlatform;
  const isForeign = prepared.runs.some(
    ({ os = own.os, architecture = own.architecture }) => os !== own.os || architecture !== own.architecture,
  );
  if (isForeign || prepared.runs.length > read.runs.length) await session.executors.check(prepared.runs);
  return prepared;
}

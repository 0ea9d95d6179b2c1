import type { ExecMount, ExecStatus, ExecStdio, OnOutput } from "@oci-build/executor";
import type { BaseImage } from "../base/base-image.js";
import { BaseLayers } from "../base/base-layers.js";
import { toBaseImage } from "../base/to-base-image.js";
import { buildError } from "../errors.js";
import type { ResolvedRun } from "../options/resolve-run.js";
import { baseConfig } from "../plan/base-config.js";
import { cleanAbsolute } from "../plan/clean-absolute.js";
import { ImageRoots } from "../solve/image-roots.js";
import { LayerFiles } from "../solve/layer-files.js";
import { rootFileSystem } from "../solve/root-file-system.js";
import type { ImageSession } from "./image-session.js";

/** A container to be run. What is undefined is as the image says. */
export interface ContainerRequest {
  readonly image: string;
  /** `os/architecture`; this machine's, with Linux, by default. */
  readonly platform: string | undefined;
  /** Takes the place of the image's CMD, unless it is empty. */
  readonly args: readonly string[];
  /** Takes the place of ENTRYPOINT and CMD; the empty text is none. */
  readonly entrypoint: string | undefined;
  /** Over the image's. */
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string | undefined;
  readonly user: string | undefined;
  readonly mounts: readonly ExecMount[];
  readonly hostname: string | undefined;
  readonly run: Pick<ResolvedRun, "executor" | "hosts" | "network" | "shmSizeBytes" | "ulimits">;
  readonly stdio: ExecStdio;
  readonly onOutput: OnOutput;
  /** Stops the command, and nothing before it. */
  readonly stop: AbortSignal;
}

/** Runs a container of an image on a writable layer that is thrown away, and says how it ended.
 * @throws OciBuildError IMAGE_COMMAND_MISSING, EXECUTOR_UNAVAILABLE, and those of the image's place and the executor */
export async function runImage(session: ImageSession, request: ContainerRequest): Promise<ExecStatus> {
  await using opened = await session.open(request.image);
  const image = toBaseImage(await opened.forPlatform(session.platform(request.platform)));
  const command = commandOf(image, request);
  const { signal, emit } = session;
  const cache = await session.cache();
  const baseLayers = new BaseLayers({ cache, emit, signal });
  const root = new ImageRoots(new LayerFiles(cache), baseLayers).of(image);
  const { openExecutor } = await import("@oci-build/executor");
  await using executor = await openExecutor({
    choice: request.run.executor,
    dir: await cache.unpackedFolder(),
    steps: [],
    image: image.platform,
    env: process.env,
    onWarning: ({ code, message, hint }) => emit({ type: "warning", code, message, hint }),
    signal,
  });
  await using result = await executor.run({
    ...command,
    root: await rootFileSystem({ image, steps: [], root }, { baseLayers, cache }),
    signal: signal === undefined ? request.stop : AbortSignal.any([signal, request.stop]),
  });
  return result.status;
}

function commandOf(image: BaseImage, request: ContainerRequest) {
  const config = baseConfig(image.config);
  const { network, hosts, shmSizeBytes, ulimits } = request.run;
  const { mounts, hostname, stdio, onOutput } = request;
  return {
    ...{ network, hosts, shmSizeBytes, ulimits, mounts, hostname, stdio, onOutput },
    args: argumentsOf(config, request),
    env: new Map([...config.env, ...request.env]),
    cwd: cleanAbsolute(request.cwd ?? (config.workingDir === "" ? "/" : config.workingDir)),
    user: request.user ?? config.user,
    security: "sandbox",
  } as const;
}

/** As with Docker.
 * @see https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact */
function argumentsOf(
  { entrypoint = [], cmd = [] }: ReturnType<typeof baseConfig>,
  { image, args, entrypoint: given }: ContainerRequest,
): readonly [string, ...string[]] {
  const own = given === undefined ? entrypoint : given === "" ? [] : [given];
  const rest = args.length > 0 ? args : given === undefined ? cmd : [];
  const [program, ...others] = [...own, ...rest];
  if (program !== undefined) return [program, ...others];
  throw buildError("IMAGE_COMMAND_MISSING", {
    message: `${image} has neither CMD nor ENTRYPOINT, and no command is given`,
    data: { image },
    hint: "Write the command behind the image.",
  });
}

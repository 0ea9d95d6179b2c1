import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isLeftOver } from "../process/left-over.js";
import { ownedName } from "../process/owned-name.js";
import { blockingSettings } from "./blocking-settings.js";
import { firstLine } from "./first-line.js";
import type { HostFacts, HostPrograms, OverlayFacts } from "./host-facts.js";
import { PROBE_PREFIX } from "./host-stamp.js";
import type { IdSpace } from "./id-space.js";
import type { ExecutorObstacle, FittingProgram } from "./obstacle.js";
import { overlayOptions } from "./overlay-options.js";
import { PROBE_SCRIPT } from "./probe-script.js";
import { removeInSpace } from "./remove-in-space.js";
import { type ProgramResult, runProgram } from "./run-program.js";

/** What is probed: an id space, and the folder that unpacked layers and upper directories are to lie in. */
export interface ProbeOptions {
  readonly space: IdSpace;
  readonly programs: HostPrograms;
  readonly env: NodeJS.ProcessEnv;
  readonly dir: string;
  readonly signal?: AbortSignal | undefined;
}

/** What was found out; or why no command can run in the id space, with `facts` undefined. */
export type ProbeResult =
  | { readonly facts: HostFacts; readonly obstacle?: undefined }
  | { readonly facts?: undefined; readonly obstacle: ExecutorObstacle };

/** Tries in one short process all that an executor needs of the kernel and of the host's programs. */
export async function probeHost(options: ProbeOptions): Promise<ProbeResult> {
  const { space, programs, env, dir, signal } = options;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await removeLeftovers(options);
  const folder = join(dir, PROBE_PREFIX + ownedName());
  await mkdir(folder, { mode: 0o700 });
  try {
    const trials = overlayTrials(space);
    const command = space.command([
      ...([programs.unshare, "--mount", "--pid", "--fork", "--kill-child", "--ipc", "--uts"] as const),
      ...[
        "--propagation",
        "private",
        "--",
        programs.sh,
        "-c",
        PROBE_SCRIPT,
        "sh",
        ...trials.map((trial) => overlayOptions(trial).join(",")),
      ],
    ]);
    return judge(await runProgram(command, { env, cwd: folder, signal }), programs, trials);
  } finally {
    // What cannot be removed now is removed by the next probe.
    await removeInSpace([folder], options);
  }
}

/** What the probe says of programs that fit. */
const fittingPrograms: readonly (readonly [FittingProgram, string])[] = [
  ["unshare", "unshare=new"],
  ["tar", "tar=gnu"],
  ["timeout", "timeout=gnu"],
];

function judge(
  { stdout, stderr }: ProgramResult,
  programs: HostPrograms,
  trials: readonly OverlayFacts[],
): ProbeResult {
  const lines = new Set(stdout.split("\n"));
  if (!lines.has("inside")) {
    return {
      obstacle: { kind: "namespaces-refused", detail: firstLine(stderr), settings: blockingSettings() },
    };
  }
  const [program] = fittingPrograms.find(([, fact]) => !lines.has(fact)) ?? [];
  if (program !== undefined) {
    return { obstacle: { kind: "program-unfit", program, detail: firstLine(stderr, program) } };
  }
  if (!lines.has("proc=own"))
    return { obstacle: { kind: "mount-refused", detail: firstLine(stderr, "mount") } };
  const overlay = trials.find((_, index) => lines.has(`overlay=${index + 1}`));
  return { facts: { programs, overlay } };
}

/** The kinds of overlay, best first. Marks in `trusted` attributes can be made by the host's root alone. */
function overlayTrials({ mapping }: IdSpace): readonly OverlayFacts[] {
  const trials = (["trusted", "user"] as const).flatMap((xattrs): readonly OverlayFacts[] => [
    { xattrs, volatile: "taken" },
    { xattrs, volatile: "refused" },
  ]);
  return mapping === "root" ? trials : trials.filter(({ xattrs }) => xattrs === "user");
}

/** A probe that was killed left its folder. */
async function removeLeftovers(options: ProbeOptions): Promise<void> {
  const { dir } = options;
  const names = (await readdir(dir)).filter((name) => name.startsWith(PROBE_PREFIX));
  const left: string[] = [];
  for (const name of names) if (await isLeftOver(dir, name, PROBE_PREFIX)) left.push(join(dir, name));
  if (left.length > 0) await removeInSpace(left, options);
}

import type { ExecutorWarning } from "./executor-options.js";
import type { Caller } from "./space/caller.js";
import type { OverlayFacts } from "./space/host-facts.js";
import { adviseOnSingleId, describeSingleId, type SingleIdReason } from "./space/single-id.js";

/** What of an executor's surroundings makes it do things differently. */
export interface ExecutorSurroundings {
  readonly single?: SingleIdReason | undefined;
  readonly idCount: number;
  readonly overlay: OverlayFacts | undefined;
  readonly dir: string;
  readonly caller: Caller;
}

/** 65534 is the highest that distributions use: nobody. */
const IMAGE_IDS = 65_535;

/** What a build is told before its first command runs. */
export function executorWarnings(surroundings: ExecutorSurroundings): readonly ExecutorWarning[] {
  const { idCount, overlay, dir } = surroundings;
  const warnings: ExecutorWarning[] = [];
  if (surroundings.single !== undefined) warnings.push(singleId(surroundings.single, surroundings.caller));
  else if (idCount < IMAGE_IDS) warnings.push(fewIds(idCount));
  if (overlay === undefined) warnings.push(noOverlay(dir));
  return warnings;
}

function singleId(single: SingleIdReason, caller: Caller): ExecutorWarning {
  return {
    code: "EXECUTOR_SINGLE_ID",
    message: `RUN has one user id only, since ${describeSingleId(single, caller)}: all files belong to root, and chown to others, USER and package managers that drop rights fail`,
    hint: adviseOnSingleId(single, caller),
  };
}

function fewIds(idCount: number): ExecutorWarning {
  return {
    code: "EXECUTOR_FEW_IDS",
    message: `RUN has ${idCount} user ids, and images use those up to ${IMAGE_IDS - 1}: files of the others cannot be made`,
    hint: "Have an administrator make the ranges in /etc/subuid and /etc/subgid 65536 long.",
  };
}

function noOverlay(dir: string): ExecutorWarning {
  return {
    code: "EXECUTOR_NO_OVERLAY",
    message: `each RUN copies its whole root file system, since that of ${JSON.stringify(dir)} can hold no overlay`,
    hint: "Put the store on ext4, xfs, btrfs or tmpfs with --cache-dir.",
  };
}

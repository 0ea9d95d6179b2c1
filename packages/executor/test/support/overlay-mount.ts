import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

export interface OverlayMount {
  readonly merged: string;
  readonly upper: string;
  unmount(): void;
}

/** Stacks folders, the lowest first, below an empty upper directory, as the executor does. */
export function mountOverlay(dir: string, lower: readonly string[]): OverlayMount {
  const [upper, work, merged] = ["upper", "work", "merged"].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [upper, work, merged]) mkdirSync(folder);
  const options = [
    `lowerdir=${lower.toReversed().join(":")}`,
    `upperdir=${upper}`,
    `workdir=${work}`,
    "redirect_dir=off,metacopy=off,index=off,volatile",
  ];
  run("mount", "-t", "overlay", "overlay", "-o", options.join(","), merged);
  return { merged, upper, unmount: () => run("umount", merged) };
}

function run(...[command = "", ...args]: readonly string[]): void {
  const ended = spawnSync(command, args);
  if (ended.status !== 0) throw new Error(`${command}: ${ended.stderr.toString()}`);
}

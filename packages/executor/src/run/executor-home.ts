import { mkdirSync, readdirSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { isLeftOver } from "../process/left-over.js";
import { ownedName } from "../process/owned-name.js";
import { findProgram, programEnv } from "../space/find-programs.js";
import { removeInSpace } from "../space/remove-in-space.js";
import { runProgram } from "../space/run-program.js";
import type { ExecutorParts } from "./executor-parts.js";
import { HeldMounts } from "./held-mounts.js";
import { inheritedDescriptors } from "./inherited-descriptors.js";
import { LayerLinks } from "./layer-links.js";
import { OutputPipes } from "./output-pipes.js";
import { PidsGroup } from "./pids-group.js";
import type { RunPlace } from "./root-files.js";
import { RunHolder } from "./run-holder.js";
import { type StopTree, stopTree } from "./stop-tree.js";

/** Where the runs of a user are: a folder for each executor, named after its process. Root may use the same store. */
export function runsFolder(dir: string): string {
  return join(dir, `runs-${process.geteuid?.() ?? 0}`);
}

/** What all runs of an executor share: a folder, the pid namespace around them, links to layers, pipes. */
export class ExecutorHome implements AsyncDisposable {
  readonly folder: string;
  readonly links: LayerLinks;
  readonly linksFolder: string;
  readonly holder: RunHolder;
  readonly pipes: OutputPipes;
  readonly stop: StopTree;
  /** The environment of the host's programs. */
  readonly env: NodeJS.ProcessEnv;
  readonly inherited: readonly number[] = inheritedDescriptors();
  /** The shell that prepares commands. Only bash can close descriptors of two digits; others start faster. A bash whose
   * input is a socket takes itself for one that was started over a network, and would run the user's own settings. */
  readonly shell: readonly [string, ...string[]];
  /** What bounds the processes of all commands together. */
  readonly pidsGroup: PidsGroup | undefined;
  readonly #parts: ExecutorParts;
  #count = 0;
  /** The end of what is being removed. */
  #removal: Promise<unknown> = Promise.resolve();

  private constructor(parts: ExecutorParts, folder: string, holder: RunHolder) {
    const { space, facts } = parts;
    this.#parts = parts;
    this.folder = folder;
    this.holder = holder;
    this.env = programEnv(parts.env);
    const bash = this.inherited.some((fd) => fd > 9) ? findProgram("bash", parts.env) : undefined;
    this.shell = bash === undefined ? [facts.programs.sh] : [bash, "--norc", "--noprofile"];
    this.pidsGroup = PidsGroup.make(basename(folder));
    this.linksFolder = join(folder, "l");
    this.links = new LayerLinks(this.linksFolder);
    this.stop = stopTree(space, facts.programs, this.env);
    this.pipes = new OutputPipes(folder, (names) => this.#makeFifos(names));
  }

  static async open(parts: ExecutorParts): Promise<ExecutorHome> {
    mkdirSync(runsFolder(parts.dir), { recursive: true, mode: 0o700 });
    // The kernel tells of mounts by their real paths.
    const runs = realpathSync(runsFolder(parts.dir));
    const folder = join(runs, ownedName());
    mkdirSync(folder, { mode: 0o700 });
    const { space, facts } = parts;
    const holder = await RunHolder.start({ space, programs: facts.programs, env: programEnv(parts.env) });
    const home = new ExecutorHome(parts, folder, holder);
    await home.#removeLeftovers(runs);
    return home;
  }

  /** A new folder for one run, and its name in the folder of all. */
  runFolder(): RunPlace {
    this.#count += 1;
    const name = `r${this.#count.toString(36)}`;
    const folder = join(this.folder, name);
    mkdirSync(folder, { mode: 0o700 });
    return { folder, name, mounts: new HeldMounts() };
  }

  async remove(folders: readonly string[]): Promise<void> {
    const { space, facts } = this.#parts;
    await removeInSpace(folders, { space, programs: facts.programs, env: this.env });
  }

  /** Begins to remove a folder, which goes on while other commands run: it takes as long for many files as reading them
   * did. It waits for the one before, so that no more than one lies about. */
  async removeBeside({ folder, mounts }: RunPlace): Promise<void> {
    await this.#removal;
    const removal = mounts.release().then(() => this.remove([folder]));
    this.#removal = Promise.allSettled([removal]);
  }

  /** Ends what still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.holder[Symbol.asyncDispose]();
    this.pidsGroup?.remove();
    await this.#removal;
    await this.remove([this.folder]);
  }

  async #removeLeftovers(runs: string): Promise<void> {
    const leftovers: string[] = [];
    for (const name of readdirSync(runs)) if (await isLeftOver(runs, name)) leftovers.push(join(runs, name));
    if (leftovers.length > 0) await this.remove(leftovers);
  }

  async #makeFifos(names: readonly string[]): Promise<void> {
    const command = this.#parts.space.command([
      this.#parts.facts.programs.mkfifo,
      "-m",
      "666",
      "--",
      ...names,
    ]);
    await runProgram(command, { env: this.env, cwd: this.folder });
  }
}

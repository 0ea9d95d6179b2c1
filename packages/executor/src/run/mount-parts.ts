import { mkdirSync } from "node:fs";
import type { ExecMount } from "../executor.js";
import type { OverlayFacts } from "../space/host-facts.js";
import type { MountLine, ShownPart } from "./backend.js";
import type { MountContext } from "./mount-context.js";
import type { Lookup } from "./mount-view.js";
import { overlayLine } from "./overlay-line.js";
import type { PreparedFile } from "./prepared-file.js";

type Writes = Extract<ExecMount, { kind: "bind" }>["writes"];

/** What lies in a run's folder for the mounts of a command: its files, copies, and mounts that others show parts of. Each
 * has a name of its own. */
export class MountParts {
  /** Mounts that are made before those of the command. */
  readonly lines: MountLine[] = [];
  /** Made before them. */
  readonly files: PreparedFile[] = [];
  readonly #run: Pick<MountContext, "folder" | "name" | "links">;
  #count = 0;

  constructor(run: Pick<MountContext, "folder" | "name" | "links">) {
    this.#run = run;
  }

  /** A file in memory; gives where it lies. */
  file(file: Omit<Extract<PreparedFile, { type: "file" }>, "type" | "path">): string {
    const path = `side/${this.#next("f")}`;
    this.files.push({ type: "file", path, ...file });
    return `${this.#run.folder}/${path}`;
  }

  /** A bind in the run's folder of what lies at a path, and makes sure that it is that: a link may have been put there
   * since it was looked up. */
  bind(source: string, content: Lookup, shows: ShownPart): string {
    const own = this.#next("m");
    const isDirectory = content.get("")?.type === "directory";
    const meta = { path: own, mode: 0o755 };
    this.files.push(
      isDirectory ? { type: "directory", ...meta } : { type: "file", content: new Uint8Array(), ...meta },
    );
    const target = `${this.#run.folder}/${own}`;
    this.lines.push({ type: "bind", source, target, options: ["bind"], shows });
    return target;
  }

  /** An overlay of its own, so that what a command writes to a source is seen by that command alone. */
  overlay(
    names: readonly string[],
    { tree, writes, facts }: { tree: Lookup; writes: Writes; facts: OverlayFacts },
  ): string {
    const { folder, name, links } = this.#run;
    const own = this.#next("m");
    const root = tree.get("");
    const owner = { mode: root?.mode ?? 0o755, uid: root?.uid, gid: root?.gid, mtimeSec: root?.mtimeSec };
    const writable = writes === "discarded";
    this.files.push({ type: "directory", path: own, mode: 0o755 });
    if (writable) {
      this.files.push({ type: "directory", path: `${own}-upper`, ...owner });
      this.files.push({ type: "directory", path: `${own}-work`, mode: 0o755 });
    }
    const lowers = [...names, ...links.empty].slice(0, Math.max(names.length, writable ? 1 : 2));
    const upper = { upper: `../${name}/${own}-upper`, work: `../${name}/${own}-work` };
    const target = `${folder}/${own}`;
    const flags = ["nodev"];
    this.lines.push(overlayLine({ target, lowers, upper: writable ? upper : undefined, facts, flags }));
    return target;
  }

  /** A folder of its own, for the same end, which `make` fills. */
  async copy(make: (folder: string) => Promise<void>): Promise<string> {
    const folder = `${this.#run.folder}/${this.#next("m")}`;
    mkdirSync(folder, { mode: 0o755 });
    await make(folder);
    return folder;
  }

  #next(prefix: string): string {
    this.#count += 1;
    return `${prefix}${this.#count}`;
  }
}

import { hash } from "node:crypto";
import { join } from "node:path";
import { type Digest, isOciBuildError } from "@oci-build/oci";
import { hideSecrets } from "../keys/hide-secrets.js";
import { readSealed, type SealedKind, writeSealed } from "../store/sealed-file.js";
import type { StoreContext } from "../store/store-context.js";
import { readFolder } from "../store/store-files.js";
import { readOrWarn } from "../store/warn-damage.js";
import type { BuildLog, ProjectLog } from "./build-log.js";
import { decodeProject, encodeProject, ofProject } from "./project-codec.js";

/** Room for the keys of sixteen RUN steps with an environment of 2 MiB each, the most that Linux takes. */
export const PROJECT_MAX_BYTES: number = 32 * 1024 * 1024;

/** Keys of earlier builds that still count as the project's when somebody asks whose a record is. */
export const EARLIER_KEYS_MAX = 2_048;

export const projectKind: SealedKind = { name: "project", version: 1, maxBytes: PROJECT_MAX_BYTES };

/** What each project built last: one file a project, private, since keys may hold ARG and ENV values. */
export class ProjectStore {
  readonly #store: StoreContext;

  constructor(store: StoreContext) {
    this.#store = store;
  }

  async lastBuild(projectId: string): Promise<BuildLog | undefined> {
    return (await this.#read(projectId))?.lastBuild;
  }

  /** Of two builds of one project that end together, one is the last. A log over the limit is not kept. */
  async log(build: BuildLog): Promise<void> {
    const { id } = build.project;
    const lastBuild = { ...build, steps: build.steps.map(hideStep) };
    const earlierKeys = keysBefore(await this.#read(id), build);
    const body = encodeProject({ lastBuild, earlierKeys });
    try {
      await writeSealed(this.#store, this.#path(id), { kind: projectKind, body });
    } catch (error) {
      if (!isOciBuildError(error, "CACHE_ENTRY_TOO_LARGE")) throw error;
      this.#store.onWarning(error);
    }
  }

  /** All projects, in no order. */
  async list(): Promise<readonly ProjectLog[]> {
    const logs: ProjectLog[] = [];
    for (const name of await readFolder(this.#store.paths.projects)) {
      const path = join(this.#store.paths.projects, name);
      const read = async (): Promise<ProjectLog> => decodeProject(await readSealed(path, projectKind));
      const log = await readOrWarn(this.#store, path, read);
      if (log !== undefined) logs.push(log);
    }
    return logs;
  }

  #read(id: string): Promise<ProjectLog | undefined> {
    const path = this.#path(id);
    return readOrWarn(this.#store, path, async () =>
      ofProject(decodeProject(await readSealed(path, projectKind)), id),
    );
  }

  #path(id: string): string {
    return join(this.#store.paths.projects, projectFile(id));
  }
}

/** The name of a project's file. */
export function projectFile(id: string): string {
  return hash("sha256", id, "hex");
}

function hideStep<Step extends BuildLog["steps"][number]>(step: Step): Step {
  return { ...step, fields: hideSecrets(step.fields) };
}

function keysBefore(before: ProjectLog | undefined, build: BuildLog): readonly Digest[] {
  if (before === undefined) return [];
  const now = new Set(build.steps.map(({ key }) => key));
  const old = new Set([...before.lastBuild.steps.map(({ key }) => key), ...before.earlierKeys]);
  return [...old].filter((key) => !now.has(key)).slice(0, EARLIER_KEYS_MAX);
}

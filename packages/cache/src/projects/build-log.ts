import type { ContentDigest, DiffId, Digest } from "@oci-build/oci";
import type { KeyField } from "../keys/key-field.js";

/** What builds are told apart by: the caller makes `id` of whatever makes two builds comparable, and the rest is for
 * people. The same id is the same project, whatever the rest says. JSON-safe. */
export interface Project {
  readonly id: string;
  /** The context's folder, or a name for one that is no folder. */
  readonly context: string;
  readonly dockerfile: string;
  readonly target: string | undefined;
  readonly platform: string;
}

/** One step of a build and what its key gave. `name` is kept as the caller gives it, so a name that may hold a
 * secret is for the caller to hide; values in `fields` that look like secrets are hidden here. JSON-safe. */
export interface LoggedStep {
  readonly id: string;
  readonly stage: string | undefined;
  readonly name: string;
  readonly key: Digest;
  readonly fields: readonly KeyField[];
  /** Undefined for a step that changed no file. */
  readonly contentDigest: ContentDigest | undefined;
  readonly layers: readonly { readonly digest: Digest; readonly diffId: DiffId }[];
}

/** A build of a project: what it was called and its steps in their order. JSON-safe. */
export interface BuildLog {
  readonly project: Project;
  /** Seconds since 1970. */
  readonly builtSec: number;
  /** Full names: `docker.io/library/app:1.0`. */
  readonly tags: readonly string[];
  readonly steps: readonly LoggedStep[];
}

/** A project as the store has it: its last build, and the keys of builds before that one, newest first. */
export interface ProjectLog {
  readonly lastBuild: BuildLog;
  readonly earlierKeys: readonly Digest[];
}

/** What an image is for, as far as it is known, by Go's names (`linux`, `arm64`). */
export interface ImagePlatform {
  readonly os?: string | undefined;
  readonly architecture?: string | undefined;
}

/** A RUN instruction as the Dockerfile has it, and what the image is for that it stands on. `line` is 1-based; `text` is
 * the instruction on one line. */
export interface RunStep extends ImagePlatform {
  readonly line: number;
  readonly text: string;
}

/** Which back end runs commands; `auto` takes an OCI runtime that works, else util-linux. */
export type ExecutorChoice = "auto" | "runc" | "crun" | "util-linux";

/** Something that a build with this executor will do differently. `code` is stable. */
export interface ExecutorWarning {
  readonly code:
    | "EXECUTOR_SINGLE_ID"
    | "EXECUTOR_FEW_IDS"
    | "EXECUTOR_NO_OVERLAY"
    | "EXECUTOR_RUNTIME_BROKEN"
    | "EXECUTOR_DEVICES_LEFT_OUT";
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What an executor is looked for and opened with.
 *
 * `dir` is a folder for unpacked layers, run folders and what is known of this host; it is made when it is missing,
 * may be shared by processes, and is to lie on a file system that can hold any image's files. `steps` are named by the
 * error when they cannot run; `image` is for a command that comes from no Dockerfile. Programs are looked up along `env.PATH`, then where administrators' programs lie. */
export interface OpenExecutorOptions {
  readonly choice: ExecutorChoice;
  readonly dir: string;
  readonly steps: readonly RunStep[];
  readonly image?: ImagePlatform | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly onWarning?: ((warning: ExecutorWarning) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

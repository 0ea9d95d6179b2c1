import type { Span } from "../tree/span.js";

/** A word as written, quotes and variables untouched. `text` has line continuations removed; for values of flags the
 * quotes of the flag, too, and for JSON arguments it is the string that the JSON means. */
export interface Word {
  readonly text: string;
  readonly span: Span;
}

/** A here-document of an instruction. `content` is the body after `<<-` tab stripping, before any expansion. */
export interface Heredoc {
  readonly name: string;
  readonly content: string;
  /** The body as written, tabs and line breaks included; a RUN that is more than one here-document gets it. */
  readonly rawContent: string;
  readonly expand: boolean;
  readonly stripTabs: boolean;
  readonly fileDescriptor: number;
  readonly span: Span;
  readonly contentSpan: Span;
}

/** What RUN, CMD, ENTRYPOINT and HEALTHCHECK CMD run: a text for the shell, or an argument list. */
export type CommandLine =
  | { readonly form: "shell"; readonly text: string; readonly span: Span }
  | { readonly form: "exec"; readonly args: readonly string[]; readonly span: Span };

/** What all instructions have. */
export interface InstructionBase {
  /** The keyword as written. */
  readonly keyword: Word;
  /** The whole instruction with its here-documents, without leading comments and the final line break. */
  readonly span: Span;
  /** The instruction on one line as BuildKit shows it: keyword upper-case, flags and arguments as written,
   * continuations joined, here-document bodies left out. */
  readonly text: string;
  /** Text of the comment lines since the last instruction or empty comment, without `#`. Blank lines do not
   * separate, as in BuildKit. */
  readonly comments: readonly string[];
}

/** `FROM [--platform=P] IMAGE [AS NAME]`; begins a stage. */
export interface FromInstruction extends InstructionBase {
  readonly kind: "from";
  readonly image: Word;
  readonly platform?: Word | undefined;
  /** As written; stage names compare in lower case. */
  readonly stageName?: Word | undefined;
}

/** A file whose content stands in the Dockerfile: `COPY <<name /dest`. */
export interface InlineSource {
  readonly path: string;
  readonly heredoc: Heredoc;
}

interface FileInstruction extends InstructionBase {
  /** Sources in order; here-document sources are `inlineSources`. */
  readonly sources: readonly Word[];
  readonly inlineSources: readonly InlineSource[];
  readonly destination: Word;
  readonly chown?: Word | undefined;
  readonly chmod?: Word | undefined;
  readonly link: boolean;
  readonly exclude: readonly Word[];
}

/** `COPY [flags] SOURCE… DESTINATION` */
export interface CopyInstruction extends FileInstruction {
  readonly kind: "copy";
  readonly from?: Word | undefined;
  readonly parents: boolean;
}

/** `ADD [flags] SOURCE… DESTINATION`. Switches that are not given are undefined where their default depends on the
 * source. */
export interface AddInstruction extends FileInstruction {
  readonly kind: "add";
  readonly keepGitDir?: boolean | undefined;
  readonly checksum?: Word | undefined;
  readonly unpack?: boolean | undefined;
}

/** One `key=value` of a `--mount`, or a key alone, as written. */
export interface MountOption {
  readonly key: Word;
  readonly value?: Word | undefined;
}

/** A `--mount` whose values are not yet expanded. */
export interface MountSpec {
  readonly options: readonly MountOption[];
  readonly span: Span;
}

/** One `--mount` of a RUN; values as written, defaults applied by the reader of the field. A target that is not given
 * is the empty text, and means the working directory. */
export type RunMount =
  | {
      readonly type: "bind";
      readonly target: Word;
      readonly source?: Word | undefined;
      readonly from?: Word | undefined;
      readonly readWrite: boolean;
      readonly span: Span;
    }
  | {
      readonly type: "cache";
      readonly id?: Word | undefined;
      readonly target: Word;
      readonly source?: Word | undefined;
      readonly from?: Word | undefined;
      readonly readOnly: boolean;
      readonly sharing: "shared" | "private" | "locked";
      readonly mode?: number | undefined;
      readonly uid?: number | undefined;
      readonly gid?: number | undefined;
      readonly span: Span;
    }
  | {
      readonly type: "tmpfs";
      readonly target: Word;
      readonly sizeBytes?: number | undefined;
      readonly span: Span;
    }
  | {
      readonly type: "secret" | "ssh";
      readonly id?: Word | undefined;
      readonly target?: Word | undefined;
      readonly env?: Word | undefined;
      readonly required: boolean;
      readonly mode?: number | undefined;
      readonly uid?: number | undefined;
      readonly gid?: number | undefined;
      readonly span: Span;
    };

/** `RUN [flags] COMMAND`. What is executed, here-documents considered, tells `runScript`. */
export interface RunInstruction extends InstructionBase {
  readonly kind: "run";
  readonly command: CommandLine;
  readonly heredocs: readonly Heredoc[];
  /** The mounts as far as they can be read before variables are known; `expandMounts` gives the final ones. Options
   * with a variable where a type, a number or a boolean must stand have their defaults here. */
  readonly mounts: readonly RunMount[];
  readonly mountSpecs: readonly MountSpec[];
  readonly network: "default" | "none" | "host";
  readonly security: "sandbox" | "insecure";
  readonly devices: readonly Word[];
}

/** One pair of ENV or LABEL; quotes and escapes are in both words. */
export interface KeyValue {
  readonly key: Word;
  readonly value: Word;
}

/** `ENV KEY=VALUE…`. All values see the environment before the instruction. `legacy`: `ENV KEY VALUE`. */
export interface EnvInstruction extends InstructionBase {
  readonly kind: "env";
  readonly pairs: readonly KeyValue[];
  readonly legacy: boolean;
}

/** `LABEL KEY=VALUE…`. `legacy`: `LABEL KEY VALUE`. */
export interface LabelInstruction extends InstructionBase {
  readonly kind: "label";
  readonly pairs: readonly KeyValue[];
  readonly legacy: boolean;
}

/** `ARG NAME[=DEFAULT]…`. Unlike ENV, a later name sees an earlier one. */
export interface ArgInstruction extends InstructionBase {
  readonly kind: "arg";
  readonly args: readonly { readonly name: Word; readonly default?: Word | undefined }[];
}

/** `WORKDIR PATH` */
export interface WorkdirInstruction extends InstructionBase {
  readonly kind: "workdir";
  readonly path: Word;
}

/** `USER NAME[:GROUP]` */
export interface UserInstruction extends InstructionBase {
  readonly kind: "user";
  readonly user: Word;
}

/** `VOLUME PATH…` */
export interface VolumeInstruction extends InstructionBase {
  readonly kind: "volume";
  readonly paths: readonly Word[];
}

/** `EXPOSE PORT[-PORT][/PROTOCOL]…` */
export interface ExposeInstruction extends InstructionBase {
  readonly kind: "expose";
  /** Sorted by their text, as BuildKit records them. Each may become several ports: `expandWords`, `parsePortSpec`. */
  readonly ports: readonly Word[];
}

/** `STOPSIGNAL SIGNAL`; the image config holds the text as written. */
export interface StopSignalInstruction extends InstructionBase {
  readonly kind: "stopsignal";
  readonly signal: Word;
}

/** `HEALTHCHECK [flags] CMD COMMAND` or `HEALTHCHECK NONE`. Times and retries of 0 are undefined, as they mean the default. */
export interface HealthcheckInstruction extends InstructionBase {
  readonly kind: "healthcheck";
  /** Absent for `HEALTHCHECK NONE`. */
  readonly command?: CommandLine | undefined;
  /** Durations in nanoseconds, as the image config holds them. */
  readonly intervalNs?: number | undefined;
  readonly timeoutNs?: number | undefined;
  readonly startPeriodNs?: number | undefined;
  readonly startIntervalNs?: number | undefined;
  readonly retries?: number | undefined;
}

/** `SHELL ["executable", "parameter"]` */
export interface ShellInstruction extends InstructionBase {
  readonly kind: "shell";
  readonly args: readonly string[];
}

/** `CMD COMMAND` */
export interface CmdInstruction extends InstructionBase {
  readonly kind: "cmd";
  readonly command: CommandLine;
}

/** `ENTRYPOINT COMMAND` */
export interface EntrypointInstruction extends InstructionBase {
  readonly kind: "entrypoint";
  readonly command: CommandLine;
}

/** `MAINTAINER NAME`, long deprecated. */
export interface MaintainerInstruction extends InstructionBase {
  readonly kind: "maintainer";
  readonly name: Word;
}

/** `ONBUILD INSTRUCTION` */
export interface OnBuildInstruction extends InstructionBase {
  readonly kind: "onbuild";
  /** The trigger as the image config stores it: continuations joined, here-documents appended. */
  readonly trigger: string;
  /** The trigger understood; undefined for one that will fail in the child build, which BuildKit only finds there. */
  readonly instruction?: Instruction | undefined;
}

/** One typed instruction of a Dockerfile. */
export type Instruction =
  | FromInstruction
  | RunInstruction
  | CopyInstruction
  | AddInstruction
  | EnvInstruction
  | LabelInstruction
  | ArgInstruction
  | WorkdirInstruction
  | UserInstruction
  | VolumeInstruction
  | ExposeInstruction
  | StopSignalInstruction
  | HealthcheckInstruction
  | ShellInstruction
  | CmdInstruction
  | EntrypointInstruction
  | MaintainerInstruction
  | OnBuildInstruction;

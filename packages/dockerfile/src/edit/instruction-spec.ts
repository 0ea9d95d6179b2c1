/** The value of a flag: `true` for a switch, several texts for a flag that may be given more than once; `false` and
 * undefined leave the flag out. Texts are what the flag means: quoting is added, variables stay variables. */
export type FlagValue = string | boolean | readonly string[] | undefined;

type FlagValues<Name extends string> = { readonly [N in Name]?: FlagValue };

/** A text for the shell, or the arguments of a program. */
export type CommandSpec = string | readonly string[];

type FileFlag = "chown" | "chmod" | "link" | "exclude";

/** What `createInstruction` makes an instruction of. */
export type InstructionSpec =
  | {
      readonly kind: "from";
      readonly image: string;
      readonly as?: string;
      readonly flags?: FlagValues<"platform">;
    }
  | {
      readonly kind: "run";
      /** A text with several lines becomes a here-document. */
      readonly command: CommandSpec;
      readonly flags?: FlagValues<"mount" | "network" | "security" | "device">;
    }
  | {
      readonly kind: "copy";
      readonly sources: readonly string[];
      readonly destination: string;
      readonly flags?: FlagValues<FileFlag | "from" | "parents">;
    }
  | {
      readonly kind: "add";
      readonly sources: readonly string[];
      readonly destination: string;
      readonly flags?: FlagValues<FileFlag | "keep-git-dir" | "checksum" | "unpack">;
    }
  | { readonly kind: "env" | "label"; readonly pairs: Readonly<Record<string, string>> }
  /** Names with their defaults. */
  | { readonly kind: "arg"; readonly args: Readonly<Record<string, string | undefined>> }
  | { readonly kind: "workdir"; readonly path: string }
  | { readonly kind: "user"; readonly user: string }
  | { readonly kind: "stopsignal"; readonly signal: string }
  | { readonly kind: "volume"; readonly paths: readonly string[] }
  | { readonly kind: "expose"; readonly ports: readonly (string | number)[] }
  | {
      readonly kind: "healthcheck";
      /** Without one: `HEALTHCHECK NONE`. */
      readonly command?: CommandSpec;
      readonly flags?: FlagValues<"interval" | "timeout" | "start-period" | "start-interval" | "retries">;
    }
  | { readonly kind: "shell"; readonly args: readonly string[] }
  | { readonly kind: "cmd" | "entrypoint"; readonly command: CommandSpec }
  | { readonly kind: "onbuild"; readonly instruction: InstructionSpec };

import type { Span } from "@oci-build/dockerfile";
import type { CopyOrigin, InlineFile, StepBase } from "./step.js";

/** Who owns what a mount makes, and its permission bits. */
export interface MountAttributes {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A part of another tree. `source` is absolute in it; links are not followed yet. Writes to it are seen by the command
 * alone, where it may write at all. */
export interface BindMount {
  readonly type: "bind";
  readonly target: string;
  readonly origin: CopyOrigin;
  readonly source: string;
  readonly access: "read-only" | "read-write";
  readonly span: Span;
}

/** What a cache that is new begins with: the part `CacheMount.source` of another tree. `given` are those attributes that
 * the mount asks for itself. */
export interface CacheBase {
  readonly origin: CopyOrigin;
  readonly given: Partial<MountAttributes>;
}

/** A folder that outlives builds. `source` is the part of it that is mounted, or the part of the base's tree that it begins
 * with. */
export interface CacheMount extends MountAttributes {
  readonly type: "cache";
  readonly target: string;
  readonly id: string;
  readonly sharing: "shared" | "private" | "locked";
  readonly source: string;
  readonly base?: CacheBase | undefined;
  readonly access: "read-only" | "read-write";
  readonly span: Span;
}

interface TmpfsMount {
  readonly type: "tmpfs";
  readonly target: string;
  readonly sizeBytes: number | undefined;
  readonly span: Span;
}

/** A secret as a file, as a variable, or as both. */
export interface SecretMount extends MountAttributes {
  readonly type: "secret";
  readonly id: string;
  readonly target: string | undefined;
  readonly variable: string | undefined;
  readonly need: "required" | "optional";
  readonly span: Span;
}

/** The socket of an agent. */
export interface SshMount extends MountAttributes {
  readonly type: "ssh";
  readonly id: string;
  readonly target: string;
  readonly need: "required" | "optional";
  readonly span: Span;
}

/** A mount with its options expanded and defaulted. Targets are absolute, without `..`. */
export type PlannedMount = BindMount | CacheMount | TmpfsMount | SecretMount | SshMount;

/** RUN: a command, and all that it is given but files. */
export interface RunStep extends StepBase {
  readonly kind: "run";
  /** The whole argument list, shell included. */
  readonly args: readonly [string, ...string[]];
  /** A here-document that is the program itself, with the absolute path where `args` find it. */
  readonly script: InlineFile | undefined;
  /** ENV and ARG values together, sorted by name. */
  readonly env: ReadonlyMap<string, string>;
  /** The names among them that are ARGs. */
  readonly argNames: ReadonlySet<string>;
  /** Proxies that were given without being declared: the command sees them, and nothing else depends on them. */
  readonly proxies: ReadonlyMap<string, string>;
  /** Absolute. */
  readonly cwd: string;
  /** `USER[:GROUP]`; empty means root. */
  readonly user: string;
  readonly network: "default" | "none" | "host";
  readonly security: "sandbox" | "insecure";
  readonly mounts: readonly PlannedMount[];
  readonly hostname: string | undefined;
  /** `linux/arm64/v8` */
  readonly platform: string;
}

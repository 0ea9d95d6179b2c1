/** The stat fields that a scan uses. `mode` includes the type bits; times are nanoseconds since 1970. */
export interface ContextStats {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly mode: bigint;
  readonly nlink: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
  readonly rdev: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/** The part of `node:fs` that reads a context. Volumes of memfs have it, too. Nothing here writes or follows links,
 * but `realpathSync`, which only sees the root and the paths to leave out. */
export interface ContextFileSystem {
  realpathSync(path: string): unknown;
  readdirSync(path: string | Buffer, options: { encoding: "utf8" }): readonly unknown[];
  readdirSync(path: string | Buffer, options: { encoding: "buffer" }): readonly unknown[];
  lstatSync(path: string | Buffer, options: { bigint: true }): ContextStats | undefined;
  readlinkSync(path: string | Buffer, options: { encoding: "utf8" }): unknown;
  readlinkSync(path: string | Buffer, options: { encoding: "buffer" }): unknown;
  openSync(path: string | Buffer, flags: number): number;
  fstatSync(fd: number, options: { bigint: true }): ContextStats;
  readSync(fd: number, target: Uint8Array, offset: number, length: number, position: number | null): number;
  closeSync(fd: number): void;
}

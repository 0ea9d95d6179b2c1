import type { MountLine, PreparedCommand } from "../run/backend.js";
import type { PreparedFile } from "../run/prepared-file.js";

/** A null device, and what has to be made for it. */
export interface NullInput {
  /** Absolute, or relative to the command's root. */
  readonly path: string;
  readonly files: readonly PreparedFile[];
  readonly mounts: readonly MountLine[];
}

/** The device that a command without input reads from: that of its own /dev, unless it has a mount there. The host's shell
 * opens it, to which a link in such a mount would be one to the host's files. */
export function nullInput({ side, mounts }: Pick<PreparedCommand, "side" | "mounts">): NullInput {
  const isCovered = mounts.some(({ target }) => target === "/dev" || target === "/dev/null");
  if (!isCovered) return { path: "dev/null", files: [], mounts: [] };
  const path = `${side}/null`;
  return {
    path,
    files: [{ type: "file", path: "side/null", mode: 0o666, content: new Uint8Array() }],
    mounts: [
      { type: "bind", source: "/dev/null", target: path, options: ["bind", "ro", "nosuid", "noexec"] },
    ],
  };
}

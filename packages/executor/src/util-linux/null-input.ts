import type { MountLine, PreparedCommand } from "../run/backend.js";
import type { PreparedFile } from "../run/prepared-file.js";

/** A null device, and what has to be made for it. */
export interface NullInput {
  /** Absolute, or relative to the command's root. */
  readonly path: string;
  readonly files: readonly PreparedFile[];
  readonly mounts: readonly MountLine[];
}

/** The device that a command without input reads from: that of its own /dev, unless it has a mount there or others
 * may be changing its root. The host's shell opens it, to which a link in there would be one to the host's files. */
export function nullInput({
  side,
  mounts,
  content,
}: Pick<PreparedCommand, "side" | "mounts" | "content">): NullInput {
  const isCovered = mounts.some(({ target }) => target === "/dev" || target === "/dev/null");
  if (!isCovered && content === "fixed") return { path: "dev/null", files: [], mounts: [] };
  const path = `${side}/null`;
  return {
    path,
    files: [{ type: "file", path: "side/null", mode: 0o666, content: new Uint8Array() }],
    mounts: [
      { type: "bind", source: "/dev/null", target: path, options: ["bind", "ro", "nosuid", "noexec"] },
    ],
  };
}

import { statfsSync } from "node:fs";

/** Whether a file whose stat is as it was counts as unchanged: on file systems that are known to move ctime with every
 * change, on all, or on none, so that every file is read. */
export type StatTrust = "by-file-system" | "always" | "never";

/** Tells of a path whether the stats of its file system can be trusted. */
export type TrustTest = (path: string | Buffer) => boolean;

/** Linux's numbers of file systems that move ctime with every change of a file on this machine. Those of a network or
 * of another program (NFS, CIFS, 9p, FUSE, virtiofs) are not among them: others may write there by another clock.
 * @see https://man7.org/linux/man-pages/man2/statfs.2.html */
const linuxTypes: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0x2fc12fc1, // zfs
  0xf2f52010, // f2fs
  0x01021994, // tmpfs
  0x794c7630, // overlayfs
]);

/** A test of the running system, which asks the file system of each path.
 *
 * macOS numbers file systems in the order in which they were loaded; the one of `/` is APFS. Windows tells no type
 * through Node, so there nothing is trusted unless that is asked for. */
export function fileSystemTrust(platform: NodeJS.Platform, typeOf: typeof statType = statType): TrustTest {
  if (platform === "linux") return (path) => linuxTypes.has((typeOf(path) ?? 0) >>> 0);
  if (platform !== "darwin") return () => false;
  const apfs = typeOf("/");
  return (path) => apfs !== undefined && typeOf(path) === apfs;
}

function statType(path: string | Buffer): number | undefined {
  try {
    return statfsSync(path).type;
  } catch {
    // Whatever keeps it from being asked, an unknown file system is one that is not trusted.
    return undefined;
  }
}

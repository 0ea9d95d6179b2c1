/** No segment has more raw bytes. */
export const SEGMENT_MAX_BYTES: number = 4 * 1024 * 1024;

/** Files from this size on have segments of their own: a change in one never touches its neighbours'. */
export const LARGE_FILE_BYTES: number = 256 * 1024;

/** Where a large file is cut, counted from its start. */
export const FILE_PART_BYTES: number = 1024 * 1024;

/** What small files gather to between two cuts, on average. Each cut costs about 10 KiB of lost look-back. */
const MEAN_RUN_BYTES = 1024 * 1024;

/** Whether a segment begins before an entry of this many tar bytes.
 *
 * It depends on the entry alone, never on where it stands, so that two layers that share a run of entries share its
 * cuts. A path's hash is as good as a die; the chance is the entry's share of the mean run, which makes cuts as likely
 * for a megabyte of many entries as of few, and keeps the choice when a size changes a little. */
export function beginsSegment(path: string, tarBytes: number): boolean {
  return hashPath(path) < (tarBytes / MEAN_RUN_BYTES) * 2 ** 32;
}

/** FNV-1a over code units, then MurmurHash3's finish, since FNV leaves the high bits of short texts alike. */
function hashPath(path: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < path.length; index += 1) {
    hash = Math.imul(hash ^ path.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Whether a file's data begin and end on a cut. */
export function hasOwnSegments(fileSize: number): boolean {
  return fileSize >= LARGE_FILE_BYTES;
}

/** What an index may say of a row. Nothing else holds unless the row is settled. */
export const rowFlags = {
  /** Its times lay well before the scan, on a file system that moves ctime with every change: the same stat is the
   * same content. */
  settled: 1,
  /** Its file's digest is known. */
  digest: 2,
  /** Its extended attributes are known, or that it has none. */
  xattrs: 4,
  /** A directory of which every name is a row. */
  complete: 8,
} as const;

export type RowFlag = (typeof rowFlags)[keyof typeof rowFlags];

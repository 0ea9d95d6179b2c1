/** Where and how the entries of a subtree are to stand somewhere else. */
export interface Placement {
  /** The directory that they come into; `""` for the root. */
  readonly path: string;
  /** Undefined keeps each entry's own. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** The mode of an entry that has this one; links keep theirs. Undefined keeps all. */
  readonly modeOf: ((mode: number, type: "directory" | "file") => number) | undefined;
}

import type { PatternMatcher } from "../patterns/pattern-matcher.js";
import type { ContextFileSystem } from "./context-file-system.js";
import type { IndexUse } from "./index/index-use.js";
import type { LeftOutTest } from "./left-out-paths.js";
import type { ScanWarning } from "./scan-warning.js";

/** What a walk needs to know, with every default filled in. `index` is undefined where none can be used. */
export interface WalkOptions {
  readonly fs: ContextFileSystem;
  readonly root: string;
  readonly ignore: PatternMatcher | undefined;
  readonly leftOut: LeftOutTest | undefined;
  readonly owners: "keep" | { readonly uid: number; readonly gid: number };
  readonly modes: "keep" | "0755";
  readonly xattrs: "read" | "skip";
  readonly index: IndexUse | undefined;
  readonly warnings: ScanWarning[];
}

/** What a scan asked of the file system. */
export interface ScanWork {
  /** Calls of lstat, the root's among them. */
  readonly entriesStatted: number;
  /** Directories whose names were read; those of an unchanged directory come from the index. */
  readonly directoriesRead: number;
  /** Entries whose extended attributes were read. */
  readonly xattrsRead: number;
  /** Files whose digests came from the index. */
  readonly digestsFromIndex: number;
}

export type { ContentDigest, DiffId, Digest } from "./digest.js";
export { digestHex, digestOf, parseContentDigest, parseDiffId, parseDigest } from "./digest.js";
export type {
  DeviceEntry,
  DirectoryEntry,
  Entry,
  EntryMeta,
  FifoEntry,
  FileEntry,
  FileReader,
  OpenFile,
  SymlinkEntry,
  Xattrs,
} from "./entry.js";
export type { ErrorCodes, ErrorData, ErrorFactory, ErrorReport, ExitCode } from "./error.js";
export { errorFactory, isOciBuildError, OciBuildError } from "./error.js";
export type { OciErrorData } from "./errors.js";
export { ociErrorCodes } from "./errors.js";
export type { LayerEntry, LayerFile, LayerHardLink, OpaqueDirectory, Whiteout } from "./layer/layer-entry.js";
export type { LayerSegment, LayerTree, LayerWritten, TreeEntry, TreeFile } from "./layer/layer-tree.js";

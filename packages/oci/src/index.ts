export { openImageArchive } from "./archive/open-image-archive.js";
export type {
  ArchiveSink,
  PlacedBlob,
  WriteArchiveOptions,
  WrittenArchive,
} from "./archive/write-image-archive.js";
export { writeImageArchive } from "./archive/write-image-archive.js";
export type { ContentDigest, DiffId, Digest } from "./digest.js";
export { digestAt, digestHex, digestOf, parseContentDigest, parseDiffId, parseDigest } from "./digest.js";
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
export type { AssembledImage, ImageParts } from "./image/assemble-image.js";
export { assembleImage, assembleIndex } from "./image/assemble-image.js";
export type { BlobSource, ByteSink } from "./image/blob-source.js";
export { choosePlatform } from "./image/choose-platform.js";
export {
  CONFIG_MAX_BYTES,
  decodeConfig,
  decodeIndex,
  decodeManifest,
  MANIFEST_MAX_BYTES,
} from "./image/decode-documents.js";
export type { Annotations, Descriptor } from "./image/descriptor.js";
export type { StoredDocument } from "./image/document.js";
export type {
  ContainerConfig,
  Healthcheck,
  HistoryEntry,
  ImageConfig,
  NameSet,
  RootFs,
} from "./image/image-config.js";
export type { ImageContent, ImageRoot, NamedImage } from "./image/image-content.js";
export { imageContent, imageRoots, withDocuments } from "./image/image-content.js";
export type { ImageIndex } from "./image/image-index.js";
export type { ImageManifest } from "./image/image-manifest.js";
export type { ImageSource, ImageSourceKind } from "./image/image-source.js";
export type { LayerCompression, MediaKind } from "./image/media-types.js";
export { kindOfMediaType, layerCompression, mediaTypes } from "./image/media-types.js";
export { ociLayerType } from "./image/oci-layer-type.js";
export type { Platform } from "./image/platform.js";
export { hashedBlob, readBlob, sizedBlob } from "./image/verified-blob.js";
export { encodeJson } from "./json/encode-json.js";
export type { ShapeProblem, ShapeRule } from "./json/shape.js";
export { inTreeOrder } from "./layer/in-tree-order.js";
export type {
  LayerEntry,
  LayerEntryBatches,
  LayerFile,
  LayerHardLink,
  OpaqueDirectory,
  Whiteout,
} from "./layer/layer-entry.js";
export type { LayerReader, RangeSource } from "./layer/layer-reader.js";
export { layerReader, openLayerFile } from "./layer/layer-reader.js";
export type { LayerRow, LayerRows } from "./layer/layer-rows.js";
export { layerRows } from "./layer/layer-rows.js";
export type {
  LayerSegment,
  LayerTree,
  LayerWork,
  LayerWritten,
  TreeEntry,
  TreeFile,
} from "./layer/layer-tree.js";
export { requireZstd, zstdMissing } from "./layer/node-zstd.js";
export type { PlannedEntry, PlannedSegment } from "./layer/plan-segments.js";
export { planSegments } from "./layer/plan-segments.js";
export { readLayerTree } from "./layer/read-layer-tree.js";
export type { LayerSink } from "./layer/segment-pipeline.js";
export type { FoundSegment, NamedSegment, SegmentSource } from "./layer/segment-source.js";
export { unpackLayer } from "./layer/unpack-layer.js";
export { isReservedPath } from "./layer/whiteout-name.js";
export type { WriteLayerOptions } from "./layer/write-layer.js";
export { writeLayer } from "./layer/write-layer.js";
export type { ByteRange, LayoutFiles } from "./layout/layout-files.js";
export { openImageLayout } from "./layout/open-image-layout.js";
export { writeImageLayout } from "./layout/write-image-layout.js";
export type { WriteOptions } from "./layout/write-options.js";
export { decodePath, encodePath, isUtf8Path } from "./path-bytes.js";
export { isTreePath } from "./path-check.js";
export { compareTreePaths } from "./path-order.js";
export { systemErrorCode } from "./system-error-code.js";
export type { ArchiveCompression } from "./tar/archive-magic.js";
export { archiveCompression } from "./tar/archive-magic.js";
export { cleanArchivePath } from "./tar/clean-archive-path.js";
export type { DecompressOptions } from "./tar/decompressed-stream.js";
export { decompressedStream, TAR_TOTAL_MAX_BYTES } from "./tar/decompressed-stream.js";
export type { TarEntry } from "./tar/entry-header.js";
export { encodeEntryHeader, PAX_MAX_BYTES } from "./tar/entry-header.js";
export type { TarMember } from "./tar/read-tar.js";
export { readTar, readTarBatches } from "./tar/read-tar.js";
export type { TarHeader } from "./tar/tar-header.js";
export { tarEntryOf } from "./tar/tar-header.js";
export type { ReadTarOptions } from "./tar/tar-headers.js";
export { TAR_HEADER_MAX_BYTES, TAR_MEMBERS_MAX, TarHeaders } from "./tar/tar-headers.js";
export type { Mismatch, MismatchRule } from "./validate/mismatch.js";
export { mismatchRules } from "./validate/mismatch.js";
export type { ValidateOptions } from "./validate/validate-image.js";
export { validateImage } from "./validate/validate-image.js";
export type { ValidateLimits } from "./validate/validation.js";

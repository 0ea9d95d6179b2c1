export type { BlobRange, BlobStore, BlobWriter, LayerBlob, StoredLayer } from "./blob-store.js";
export type { Cache } from "./cache.js";
export { defaultCacheDir } from "./cache-dir.js";
export type {
  PrunedMount,
  PrunedRecord,
  PruneKind,
  PrunePolicy,
  PruneReport,
} from "./collect/prune-policy.js";
export type { CacheLimit } from "./collect/tidy-store.js";
export { CACHE_MAX_BYTES, CACHE_MAX_DISK_SHARE, CACHE_UNUSED_MS } from "./collect/tidy-store.js";
export type { Amount, CacheUsage, MountUsage, ProjectUsage, RecordUsage } from "./collect/usage.js";
export type { CacheErrorData } from "./errors.js";
export { cacheErrorCodes } from "./errors.js";
export type { FileIndexStore, IndexName } from "./indexes/file-index-store.js";
export type { KeyDifference, PartDifference } from "./keys/explain-miss.js";
export { explainMiss } from "./keys/explain-miss.js";
export { hideSecrets, looksSecret } from "./keys/hide-secrets.js";
export type { KeyDigest, KeyField, KeyKind, KeyValues } from "./keys/key-field.js";
export { keyField } from "./keys/key-field.js";
export type { StepKey } from "./keys/step-key.js";
export { stepKey } from "./keys/step-key.js";
export type { LayerEncoding, TimePolicy } from "./layers/layer-form.js";
export { compressorId, layerForm } from "./layers/layer-form.js";
export type { WriteLayer } from "./layers/layer-store.js";
export { writeSharing } from "./layers/write-sharing.js";
export type { Lease } from "./lock/lease.js";
export type { MountLease, MountRequest, MountSharing, MountUse } from "./mounts/mount-request.js";
export type { OpenCacheOptions } from "./open-cache.js";
export { openCache } from "./open-cache.js";
export type { WrittenOutput } from "./outputs/output-store.js";
export { OUTPUT_BLOBS_MAX } from "./outputs/output-store.js";
export type { BuildLog, LoggedStep, Project, ProjectLog } from "./projects/build-log.js";
export type {
  RecordedImage,
  RecordedLayer,
  RecordMode,
  StepContent,
  StepRecord,
  StepResult,
} from "./records/step-record.js";
export type { SegmentSourceOptions, StoredSegments } from "./segments/stored-segment-source.js";
export type { CacheExport, ExportedLayer, ExportOptions } from "./share/export-cache.js";
export { checkExport, exportCache } from "./share/export-cache.js";
export type { CacheImport, ImportedLayer, OpenImportOptions } from "./share/shared-store.js";
export { openImport } from "./share/shared-store.js";
export type { ImportedRecord, ImportRules } from "./share/with-imports.js";
export { withImports } from "./share/with-imports.js";
export type { OnCacheWarning } from "./store/store-context.js";
export type { PruneReason, Tombstone } from "./tombstones/tombstone.js";
export type {
  CacheDamage,
  DamageKind,
  UnpackedFolder,
  VerifyOptions,
  VerifyReport,
} from "./verify/verify-report.js";

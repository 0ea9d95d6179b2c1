export type { BlobStore, BlobWriter, StoredLayer } from "./blob-store.js";

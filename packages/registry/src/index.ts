export type { CredentialPlacesOptions } from "./auth/auth-places.js";
export type { Credential, Credentials } from "./auth/credentials.js";
export { dockerCredentials } from "./auth/docker-credentials.js";
export type { RemovedLogin } from "./auth/remove-login.js";
export { removeLogin } from "./auth/remove-login.js";
export type { LoginToSave, SavedLogin } from "./auth/save-login.js";
export { saveLogin } from "./auth/save-login.js";
export { createRegistryClient } from "./client/create-registry-client.js";
export type {
  RegistryClient,
  RegistryClientOptions,
  RegistrySettings,
  RegistryWarning,
} from "./client/registry-client.js";
export type {
  BlobOutcome,
  ReadBlobOptions,
  Repository,
  RepositoryName,
  RequestOptions,
  RequestPurpose,
  ResolveOptions,
  WriteBlobOptions,
} from "./client/repository.js";
export type { ReferenceProblem, RegistryComplaint, RegistryErrorData, ResponseProblem } from "./errors.js";
export { registryErrorCodes } from "./errors.js";
export type { DockerSettingsOptions } from "./http/docker-registry-settings.js";
export { dockerRegistrySettings } from "./http/docker-registry-settings.js";
export { familiarName, formatReference } from "./reference/format-reference.js";
export { parseReference, parseTaggedReference } from "./reference/parse-reference.js";
export type { Reference, TaggedReference } from "./reference/reference.js";
export type { BlobSink, BlobSinkWriter, FetchedBlob, FetchOptions } from "./transfer/fetch-blobs.js";
export { fetchBlobs } from "./transfer/fetch-blobs.js";
export { withForeignPlace } from "./transfer/foreign-blob.js";
export { pastMirrors } from "./transfer/past-mirrors.js";
export type { PushedBlob, PushedManifest, PushReport, PushRequest } from "./transfer/push-image.js";
export { pushImage } from "./transfer/push-image.js";
export { readConfig } from "./transfer/read-config.js";
export type { ReadImageOptions, RemoteImage } from "./transfer/read-image.js";
export { readImage } from "./transfer/read-image.js";
export { remoteBlobs } from "./transfer/remote-blobs.js";
export type { TransferOptions, TransferProgress } from "./transfer/transfer-progress.js";

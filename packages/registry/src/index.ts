export type { Credential, Credentials } from "./auth/credentials.js";
export type {
  RegistryClient,
  RegistryClientOptions,
  RegistrySettings,
  RegistryWarning,
} from "./client/registry-client.js";
export type {
  BlobOutcome,
  Repository,
  RepositoryName,
  RequestOptions,
  WriteBlobOptions,
} from "./client/repository.js";
export type { ReferenceProblem, RegistryErrorData } from "./errors.js";
export { registryErrorCodes } from "./errors.js";
export { familiarName, formatReference } from "./reference/format-reference.js";
export { parseReference, parseTaggedReference } from "./reference/parse-reference.js";
export type { Reference, TaggedReference } from "./reference/reference.js";

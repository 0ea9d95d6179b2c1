import type { OciBuildError } from "@oci-build/oci";
import { type ContentProblem, type ResponseProblem, registryError } from "../errors.js";
import type { RegistryRequest, RegistryResponse } from "../http/transport.js";
import type { RepositoryName } from "./repository.js";

/** An answer that breaks the protocol, and how. */
export interface InvalidResponse {
  readonly method: RegistryRequest["method"];
  readonly response: RegistryResponse;
  readonly problem: ResponseProblem | ContentProblem;
  /** The rest of a sentence that begins with the registry. */
  readonly found: string;
}

/** The error for an answer that breaks the protocol. */
export function invalidResponse(
  { registry }: RepositoryName,
  { method, response, problem, found }: InvalidResponse,
): OciBuildError {
  return registryError("REGISTRY_RESPONSE_INVALID", {
    message: `${registry} ${found} in answer to ${method} ${response.url}`,
    data: { registry, method, url: response.url, problem },
  });
}

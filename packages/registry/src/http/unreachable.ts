import type { OciBuildError } from "@oci-build/oci";
import { registryError } from "../errors.js";
import type { Hop } from "./hop.js";
import type { SecretMask } from "./secret-mask.js";
import { toldUrl } from "./told-text.js";

/** Our own reasons, beside the codes of Node and undici. */
export type StallReason = "answer-timeout" | "body-stalled" | "body-too-slow";

/** Where and why a connection failed. */
export interface ConnectionFailure {
  readonly hop: Pick<Hop, "registry" | "method" | "url">;
  readonly phase: "headers" | "body";
  readonly reason: string;
  readonly mask: SecretMask;
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the name server does not answer",
  EHOSTUNREACH: "there is no way to the host",
  ENETUNREACH: "there is no network",
  ETIMEDOUT: "no answer in time",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  UND_ERR_SOCKET: "the connection was cut",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "the connection was cut",
  HPE: "the data is no HTTP",
  UND_ERR_ABORTED: "the proxy refused the connection",
  UND_ERR_INVALID_ARG: "the proxy refused the request",
  UND_ERR_PRX_TLS: "the proxy's certificate cannot be verified",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak TLS",
  "answer-timeout": "no answer in time",
  "body-stalled": "the data stopped coming",
  "body-too-slow": "the data comes too slowly",
};

/** The connection was not made, so that nothing was sent. */
const BEFORE_SENDING: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

const LASTING: ReadonlySet<string> = new Set(["ENOTFOUND", "UND_ERR_INVALID_ARG", "UND_ERR_PRX_TLS"]);

/** OpenSSL's and Node's codes for a certificate that is not believed, or a handshake that failed.
 * @see https://nodejs.org/docs/latest-v20.x/api/tls.html#x509-certificate-error-codes */
const TLS_FAILURE =
  /^(?:ERR_SSL|ERR_TLS|UND_ERR_PRX_TLS|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH_)|CERT|CRL_/;
const isTlsFailure = (reason: string): boolean => TLS_FAILURE.test(reason);

/** The error for a connection that could not be made, broke, or stood still. */
export function unreachable(
  failure: ConnectionFailure,
  cause?: unknown,
): OciBuildError<"REGISTRY_UNREACHABLE"> {
  const { hop, reason, mask } = failure;
  const phase = BEFORE_SENDING.has(reason) || isTlsFailure(reason) ? "connect" : failure.phase;
  const url = mask.hide(toldUrl(hop.url));
  const told = EXPLANATIONS[reason] ?? (isTlsFailure(reason) ? "its certificate cannot be verified" : reason);
  return registryError("REGISTRY_UNREACHABLE", {
    message: `${hop.method} ${url}: ${told} (${reason})`,
    data: { registry: hop.registry, method: hop.method, url, phase, reason },
    hint: hintOf(reason, hop.registry),
    cause,
  });
}

/** True when the same request may succeed later; `unsent` when besides nothing can have come of it. */
export function isPassing(
  { data }: OciBuildError<"REGISTRY_UNREACHABLE">,
  needed: "repeatable" | "unsent",
): boolean {
  const reason = String(data["reason"]);
  if (LASTING.has(reason) || isTlsFailure(reason)) return false;
  return needed === "repeatable" || data["phase"] === "connect";
}

function hintOf(reason: string, registry: string): string | undefined {
  if (reason.startsWith("ERR_SSL_WRONG") || reason.startsWith("ERR_SSL_PACKET")) {
    return `If ${registry} speaks http, say so with --insecure-registry ${registry}.`;
  }
  if (reason === "UND_ERR_ABORTED" || reason === "UND_ERR_INVALID_ARG" || reason === "UND_ERR_PRX_TLS") {
    return "Look at HTTPS_PROXY and HTTP_PROXY, or name the host in NO_PROXY.";
  }
  if (isTlsFailure(reason)) {
    return `Put the certificate of its authority into /etc/docker/certs.d/${registry}/ca.crt, or name it in NODE_EXTRA_CA_CERTS.`;
  }
  if (reason === "ENOTFOUND") return "Look at the spelling of the registry; a proxy is set with HTTPS_PROXY.";
  return undefined;
}

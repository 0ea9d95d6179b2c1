import { STATUS_CODES } from "node:http";
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
  /** The host of the proxy that stands between, if there is one. */
  readonly proxy?: string | undefined;
}

/** The reason of a connection that was not made in time, as undici has it. */
export const CONNECT_TIMEOUT = "UND_ERR_CONNECT_TIMEOUT";

/** Begins the reason of what a proxy refused; its status follows. */
export const PROXY_STATUS = "proxy-";

/** A proxy lets nobody through without a login. */
export const PROXY_LOGIN_WANTED: string = `${PROXY_STATUS}407`;

const EXPLANATIONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the name server does not answer",
  EHOSTUNREACH: "there is no way to the host",
  ENETUNREACH: "there is no network",
  ETIMEDOUT: "no answer in time",
  [CONNECT_TIMEOUT]: "no connection in time",
  UND_ERR_SOCKET: "the connection was cut",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "the connection was cut",
  HPE: "the data is no HTTP",
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
  CONNECT_TIMEOUT,
]);

const LASTING: ReadonlySet<string> = new Set(["ENOTFOUND", "UND_ERR_PRX_TLS"]);

/** What a proxy refuses for good: it does not know us, or does not want the host. */
const LASTING_PROXY_STATUS = /^proxy-4(?!08|29)\d\d$/;

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
  const { hop, reason, mask, proxy } = failure;
  const isUnsent = BEFORE_SENDING.has(reason) || isTlsFailure(reason) || isProxyStatus(reason);
  const phase = isUnsent ? "connect" : failure.phase;
  const url = mask.hide(toldUrl(hop.url));
  const way = proxy === undefined ? "" : ` through the proxy ${proxy}`;
  return registryError("REGISTRY_UNREACHABLE", {
    message: `${hop.method} ${url}${way}: ${explanation(reason)} (${reason})`,
    data: { registry: hop.registry, method: hop.method, url, phase, reason, proxy },
    hint: hintOf(failure),
    cause,
  });
}

function explanation(reason: string): string {
  if (reason === PROXY_LOGIN_WANTED) return "the proxy wants a login";
  if (isProxyStatus(reason)) {
    const status = reason.slice(PROXY_STATUS.length);
    return `the proxy answered ${status} ${STATUS_CODES[status] ?? ""}`.trimEnd();
  }
  return EXPLANATIONS[reason] ?? (isTlsFailure(reason) ? "its certificate cannot be verified" : reason);
}

function isProxyStatus(reason: string): boolean {
  return reason.startsWith(PROXY_STATUS);
}

/** True when the same request may succeed later; `unsent` when besides nothing can have come of it. */
export function isPassing(
  { data }: OciBuildError<"REGISTRY_UNREACHABLE">,
  needed: "repeatable" | "unsent",
): boolean {
  const reason = String(data["reason"]);
  if (LASTING.has(reason) || LASTING_PROXY_STATUS.test(reason) || isTlsFailure(reason)) return false;
  return needed === "repeatable" || data["phase"] === "connect";
}

function hintOf({ hop: { registry, url }, reason, proxy }: ConnectionFailure): string | undefined {
  const variable = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  if (reason === PROXY_LOGIN_WANTED) {
    return `Give the proxy's user and password in ${variable}, as in http://USER:PASSWORD@HOST:PORT.`;
  }
  const isProxys = proxy !== undefined && BEFORE_SENDING.has(reason);
  if (isProxys || isProxyStatus(reason) || reason === "UND_ERR_PRX_TLS") {
    return `Look at ${variable}, or name the host in NO_PROXY.`;
  }
  if (reason.startsWith("ERR_SSL_WRONG") || reason.startsWith("ERR_SSL_PACKET")) {
    return `If ${registry} speaks http, say so with --insecure-registry ${registry}.`;
  }
  if (isTlsFailure(reason)) {
    return `Put the certificate of its authority into /etc/docker/certs.d/${registry}/ca.crt, or name it in NODE_EXTRA_CA_CERTS.`;
  }
  if (reason === "ECONNREFUSED") return `Look at the host and the port of ${registry}, and whether it runs.`;
  if (reason === "ENOTFOUND") return "Look at the spelling of the registry; a proxy is set with HTTPS_PROXY.";
  return undefined;
}

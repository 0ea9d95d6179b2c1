import { type Hop, isReading } from "./hop.js";
import { HttpAnswer, isConnectionError, isParserError } from "./http-answer.js";
import type { HttpContext } from "./http-context.js";
import { RequestSending } from "./request-sending.js";
import { responseInvalid } from "./response-invalid.js";
import { unlessAborted } from "./unless-aborted.js";
import { PROXY_LOGIN_WANTED, unreachable } from "./unreachable.js";
import { Watchdog } from "./watchdog.js";

/** Sends one request, and gives its answer as soon as the headers are there.
 * @throws OciBuildError REGISTRY_UNREACHABLE, REGISTRY_RESPONSE_INVALID; the signal's reason; what the body throws */
export async function exchange(context: HttpContext, hop: Hop): Promise<HttpAnswer> {
  const { limits, connections } = context;
  const timeout = new AbortController();
  const watchdog = new Watchdog(() => timeout.abort());
  const answerMs = isReading(hop) ? limits.readTimeoutMs : limits.writeTimeoutMs;
  const sending = new RequestSending(hop.body, watchdog, { idleMs: limits.idleTimeoutMs, answerMs });
  watchdog.start(limits.connectTimeoutMs + answerMs);
  const signal = joinSignals([context.signal, hop.signal, timeout.signal]);
  try {
    const { url, trust, method } = hop;
    const headers = { ...hop.headers, ...sending.headers };
    const answering = connections.request({ url, trust, method, headers, body: sending.open(), signal });
    // undici heeds the signal once there is a connection, and not before.
    const raw = await unlessAborted(answering, signal);
    return new HttpAnswer(raw, hop, context);
  } catch (error) {
    throwIfAborted(context, hop);
    sending.throwSourceError();
    throw timeout.signal.aborted
      ? connectionFailure("answer-timeout", error, { context, hop })
      : failureOf(error, context, hop);
  } finally {
    watchdog.stop();
  }
}

function failureOf(error: unknown, context: HttpContext, hop: Hop): unknown {
  const { mask } = context;
  // Their own errors are no causes to keep: they hold what the server sent.
  if (isHeadersOverflow(error)) return responseInvalid(hop, { problem: "headers-too-large", mask });
  if (isParserError(error)) return responseInvalid(hop, { problem: "not-http", mask });
  if (!isConnectionError(error)) return error;
  const { code } = error;
  return connectionFailure(code, error, { context, hop });
}

/** undici's and Node's. */
function isHeadersOverflow(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "UND_ERR_HEADERS_OVERFLOW" || code === "HPE_HEADER_OVERFLOW";
}

function connectionFailure(
  code: string,
  cause: unknown,
  { context: { connections, mask }, hop }: { readonly context: HttpContext; readonly hop: Hop },
): Error {
  const proxy = connections.proxyHost(hop.url);
  // What undici makes of the only answer of a proxy that it looks at where there is no tunnel.
  const isLoginWanted = proxy !== undefined && code === "UND_ERR_INVALID_ARG";
  const reason = isLoginWanted ? PROXY_LOGIN_WANTED : code;
  return unreachable({ hop, phase: "headers", reason, mask, proxy }, cause);
}

function joinSignals(signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined));
}

/** @throws the reason of the first signal that fired */
function throwIfAborted(context: HttpContext, hop: Hop): void {
  hop.signal?.throwIfAborted();
  context.signal?.throwIfAborted();
}

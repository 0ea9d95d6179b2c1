import { isOciBuildError, type OciBuildError } from "@oci-build/oci";
import type { HttpAnswer } from "./http-answer.js";
import type { HttpContext } from "./http-context.js";
import { type RefusalFacts, refusal } from "./refusal.js";
import { retryAfterMs } from "./retry-after.js";
import type { RegistryRequest } from "./transport.js";
import { isPassing } from "./unreachable.js";

/** One request with all that its repeating depends on. */
export interface RepeatableRequest extends Pick<RegistryRequest, "expect" | "retry" | "signal"> {
  readonly attemptsMax: number;
  /** Sends it once. */
  readonly send: () => Promise<Sent>;
}

/** What came of sending a request: an answer, or a login that failed after it was tried again itself. */
export type Sent =
  | ({ readonly kind: "answer"; readonly answer: HttpAnswer } & RefusalFacts)
  | { readonly kind: "no-login"; readonly error: OciBuildError };

/** Answers that say "later": the request as such is all right. 522 and 524 are Cloudflare's words for a registry behind
 * it that does not answer. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504, 522, 524]);
/** Nothing has come of the request, so that even an upload may be sent again. */
const REFUSED_UNSEEN: ReadonlySet<number> = new Set([429]);

/** Sends a request until it gets an answer that was expected, or a failure that will not pass.
 * @throws OciBuildError what the last attempt failed with */
export async function withRetries(context: HttpContext, request: RepeatableRequest): Promise<HttpAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptOnce(context, request);
    if (outcome.kind === "answer") return outcome.answer;
    const { error, attemptsMax, waitMs } = outcome;
    const pauseMs = pauseBefore(context, attempt, waitMs);
    if (pauseMs === undefined || attempt >= attemptsMax) throw error;
    const seconds = (pauseMs / 1000).toFixed(1);
    const message = `${error.message}; trying again in ${seconds} s (${attempt + 1} of ${attemptsMax})`;
    context.warn({ code: "REGISTRY_RETRY", message });
    await pause(context, pauseMs, request.signal);
  }
}

type Outcome =
  | { readonly kind: "answer"; readonly answer: HttpAnswer }
  | {
      readonly kind: "failure";
      readonly error: OciBuildError;
      /** How often the request is worth a try: once, when it fails for good. */
      readonly attemptsMax: number;
      /** What the registry asks for. */
      readonly waitMs: number | undefined;
    };

async function attemptOnce(context: HttpContext, request: RepeatableRequest): Promise<Outcome> {
  try {
    return await outcomeOf(context, request, await request.send());
  } catch (error) {
    if (!isOciBuildError(error, "REGISTRY_UNREACHABLE")) throw error;
    const attemptsMax = attemptsAfter(error, context, request);
    return { kind: "failure", error, attemptsMax, waitMs: undefined };
  }
}

async function outcomeOf(context: HttpContext, request: RepeatableRequest, sent: Sent): Promise<Outcome> {
  if (sent.kind === "no-login") return { ...sent, kind: "failure", attemptsMax: 1, waitMs: undefined };
  const { answer } = sent;
  if (request.expect.includes(answer.status)) return { kind: "answer", answer };
  const passing = request.retry === "safe" ? PASSING_STATUSES : REFUSED_UNSEEN;
  return {
    kind: "failure",
    error: await refusal(context, answer, sent),
    attemptsMax: passing.has(answer.status) ? request.attemptsMax : 1,
    waitMs: retryAfterMs(answer.headers["retry-after"], context.clock.now()),
  };
}

function attemptsAfter(
  error: OciBuildError<"REGISTRY_UNREACHABLE">,
  { limits }: HttpContext,
  { retry, attemptsMax }: RepeatableRequest,
): number {
  if (!isPassing(error, retry === "safe" ? "repeatable" : "unsent")) return 1;
  const isRefused = error.data["reason"] === "ECONNREFUSED";
  return isRefused ? Math.min(limits.refusedAttemptsMax, attemptsMax) : attemptsMax;
}

/** Twice as long each time, and by chance up to half of it shorter, so that many builds do not come back at once;
 * never sooner than the registry asks for. Undefined when that is longer than a build should stand still. */
function pauseBefore(
  { clock, limits }: HttpContext,
  attempt: number,
  waitMs: number | undefined,
): number | undefined {
  if (waitMs !== undefined && waitMs > limits.retryAfterMaxMs) return undefined;
  const grownMs = Math.min(limits.retryBaseMs * 2 ** (attempt - 1), limits.retryMaxMs);
  return Math.max(grownMs * (1 - clock.random() / 2), waitMs ?? 0);
}

async function pause(context: HttpContext, ms: number, signal: AbortSignal | undefined): Promise<void> {
  const signals = [context.signal, signal].filter((one) => one !== undefined);
  await context.clock.sleep(ms, AbortSignal.any(signals));
}

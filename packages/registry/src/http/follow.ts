import type { ResponseProblem } from "../errors.js";
import { exchange } from "./exchange.js";
import { type Hop, isReading } from "./hop.js";
import type { HttpAnswer } from "./http-answer.js";
import type { HttpContext } from "./http-context.js";
import { responseInvalid } from "./response-invalid.js";
import type { HostTrust } from "./tls-options.js";

/** What may come of redirects. */
export interface FollowOptions {
  readonly plainHttp: "allowed" | "refused";
  readonly trust: (url: URL) => HostTrust;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Sends a request and follows its redirects; one that writes is not followed. What logs in goes to the first origin
 * alone.
 * @throws OciBuildError REGISTRY_RESPONSE_INVALID for a redirect that is refused, REGISTRY_UNREACHABLE */
export async function follow(context: HttpContext, first: Hop, options: FollowOptions): Promise<HttpAnswer> {
  const visited = new Set<string>();
  let hop = first;
  for (;;) {
    const answer = await exchange(context, hop);
    if (!REDIRECTS.has(answer.status) || !isReading(hop)) return answer;
    visited.add(hop.url.href);
    const next = nextHop(answer, options);
    await answer.drop();
    if (typeof next === "string") throw refused(context, hop, next);
    if (visited.has(next.url.href)) throw refused(context, hop, "redirect-loop");
    if (visited.size > context.limits.redirectsMax) throw refused(context, hop, "redirects-too-many");
    hop = next;
  }
}

function nextHop({ hop, location }: HttpAnswer, { plainHttp, trust }: FollowOptions): Hop | ResponseProblem {
  if (location === undefined) return "redirect-invalid";
  const url = new URL(location);
  if (url.protocol === "http:" && plainHttp === "refused") return "redirect-insecure";
  if (url.origin === hop.url.origin) return { ...hop, url };
  const { authorization: _, ...headers } = hop.headers;
  return { ...hop, url, headers, trust: trust(url) };
}

function refused({ mask }: HttpContext, hop: Hop, problem: ResponseProblem): Error {
  return responseInvalid(hop, { problem, mask });
}

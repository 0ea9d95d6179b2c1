import { answerBlob, answerUpload } from "./blob-routes.js";
import { type Exchange, end, type Routed } from "./exchange.js";
import { answerManifest, answerReferrers, answerTags } from "./manifest-routes.js";

const handlers: Readonly<Record<string, (exchange: Routed) => Promise<void>>> = {
  "blobs/uploads": answerUpload,
  blobs: answerBlob,
  manifests: answerManifest,
  tags: answerTags,
  referrers: answerReferrers,
};

/** Answers as the distribution specification says. */
export async function handleRequest(exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const url = new URL(request.url ?? "/", "http://registry.test");
  const match = /^\/v2\/(.+?)\/(blobs\/uploads|blobs|manifests|tags|referrers)\/(.*)$/.exec(url.pathname);
  const handler = handlers[match?.[2] ?? ""];
  const [, name = "", , rest = ""] = match ?? [];
  if (handler === undefined) end(response, url.pathname === "/v2/" ? 200 : 404);
  else await handler({ ...exchange, name, rest: decodeURIComponent(rest), query: url.searchParams });
}

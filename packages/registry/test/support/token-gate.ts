import type { Interceptor } from "./exchange.js";

/** Lets nothing through without a token that its own `/token` gave, each good for so many requests. */
export function behindTokens({ usesOfOne }: { readonly usesOfOne: number }, inner: Interceptor): Interceptor {
  const usesLeft = new Map<string, number>();
  return (request, response, nth) => {
    if (request.url?.startsWith("/token") === true) {
      const token = `token-${usesLeft.size + 1}`;
      usesLeft.set(token, usesOfOne);
      response.end(JSON.stringify({ token, expires_in: 300 }));
      return true;
    }
    if (request.url === "/v2/") return false;
    const token = request.headers.authorization?.replace("Bearer ", "") ?? "";
    const left = usesLeft.get(token) ?? 0;
    if (left > 0) {
      usesLeft.set(token, left - 1);
      return inner(request, response, nth);
    }
    request.resume();
    const realm = `http://${request.headers.host}/token`;
    response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}",service="test"` }).end();
    return true;
  };
}

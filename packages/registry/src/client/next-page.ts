import type { RegistryResponse } from "../http/transport.js";
import { invalidResponse } from "./invalid-response.js";
import type { RepositoryName } from "./repository.js";

/** Where a list goes on: path and query of the `Link` to the next page, or undefined on the last page. The next page
 * must be of the same server, else a registry could send us, with our token, anywhere.
 * @see https://www.rfc-editor.org/rfc/rfc8288#section-3 */
export function nextPage(name: RepositoryName, response: RegistryResponse): string | undefined {
  const header = response.headers["link"];
  if (header === undefined) return undefined;
  const match = /<([^<>\s]{1,4096})>\s*;[^,<]*\brel\s*=\s*(?:"next"|next\b)/i.exec(header);
  if (match?.[1] === undefined) return undefined;
  const next = URL.canParse(match[1], response.url) ? new URL(match[1], response.url) : undefined;
  if (next === undefined || next.host !== new URL(response.url).host || !next.pathname.startsWith("/v2/")) {
    const found = "sent a link to a next page that is not its own";
    throw invalidResponse(name, { method: "GET", response, problem: "link-invalid", found });
  }
  return `${next.pathname}${next.search}`;
}

import type { RegistryResponse } from "../http/transport.js";
import { invalidResponse } from "./invalid-response.js";
import { nextPage } from "./next-page.js";
import type { RequestOptions } from "./repository.js";
import { type RepositoryContext, send } from "./repository-context.js";

/** More pages of one list are not read; a page has a thousand names where the registry gives as many as we ask for. */
const PAGES_MAX = 10_000;

/** What list to read. */
export interface ListRequest extends RequestOptions {
  /** Behind `/v2/<repository>/`, with its query. */
  readonly path: string;
  readonly accept?: string | undefined;
  /** Statuses that end the list; the page with one is given too. */
  readonly expect: readonly number[];
}

/** The pages of a list, each to be read before the next is asked for. */
export async function* listPages(
  context: RepositoryContext,
  { path, accept, expect, signal }: ListRequest,
): AsyncGenerator<RegistryResponse> {
  const { name } = context;
  const seen = new Set<string>();
  let target = `/v2/${name.repository}/${path}`;
  for (;;) {
    seen.add(target);
    const response = await send(context, {
      method: "GET",
      location: target,
      actions: ["pull"],
      headers: accept === undefined ? {} : { accept },
      expect: [200, ...expect],
      signal,
    });
    const next = response.status === 200 ? nextPage(name, response) : undefined;
    yield response;
    if (next === undefined) return;
    if (seen.has(next) || seen.size >= PAGES_MAX) {
      const found = seen.has(next) ? "sent a page twice" : `sent more than ${PAGES_MAX} pages`;
      throw invalidResponse(name, { method: "GET", response, problem: "pages-too-many", found });
    }
    target = next;
  }
}
